// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"
#include "small_models.hpp"

using namespace mml_test;
using mml::Model;
using mml::Status;
using mml_test::mentions;

namespace {

// One model more around the other than the reader takes.
std::shared_ptr<const Model> too_deep() {
    const auto one = trained_on(small_samples(2, 30));
    auto chain = one;
    for (int i = 0; i < 101; ++i) {
        mml::ModelNames names{one->input_names(), one->named(), one->class_names(), false};
        chain = std::make_shared<const Model>(one->ensemble(), std::move(names), Model::Prior{chain, 0.5},
                                              one->sample_weight(), one->description());
    }
    return chain;
}

}  // namespace

TEST_CASE("what the reader refuses is neither given away nor stored, and the old file stays") {
    const auto model = too_deep();
    CHECK(message_of([&] { mml::model_bytes(*model); }) == mentions("because", "could"));
    CHECK(status_of([&] { mml::model_bytes(*model); }) == Status::internal);
    const TemporaryDirectory directory;
    const std::string path = directory.file("model.mml");
    mml::replace_file(path, "what was there", 0600);
    bool in_place = false;
    CHECK(status_of([&] { mml::save_model(*model, path, 0600, {}, &in_place); }) == Status::internal);
    CHECK_FALSE(in_place);
    CHECK(mml::read_file(path, 100) == "what was there");
}
