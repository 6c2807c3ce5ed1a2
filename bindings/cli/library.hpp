// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "moodleml/moodleml.h"

namespace mml::cli {

template <auto Free>
struct Release {
    void operator()(auto* handle) const { Free(handle); }
};

/// The library's handles, freed at the end of their scope.
using Config = std::unique_ptr<mml_config, Release<mml_config_free>>;
using Dataset = std::unique_ptr<mml_dataset, Release<mml_dataset_free>>;
using Model = std::unique_ptr<mml_model, Release<mml_model_free>>;
using Report = std::unique_ptr<mml_report, Release<mml_report_free>>;
using Answer = std::unique_ptr<mml_answer, Release<mml_answer_free>>;

/// Throws Failure with the library's message where a call did not answer MML_OK.
void check(mml_status status);

/// The handle that `call` writes through its argument: made<Model>([&](mml_model** out) { return mml_model_load(out, path);
/// }).
template <typename Handle, typename Call>
Handle made(Call call) {
    typename Handle::pointer handle = nullptr;
    check(call(&handle));
    return Handle(handle);
}

Config default_config();

/// Throws Failure where the library that was loaded is not one this program was built for.
void check_library_version();

}  // namespace mml::cli
