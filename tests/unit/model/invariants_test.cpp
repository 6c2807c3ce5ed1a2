// SPDX-License-Identifier: Apache-2.0
// Model files that are whole, each field by itself in order, whose fields do not fit each other.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "model/invariants.hpp"
#include "small_models.hpp"

using namespace mml_test;
using mml::Container;
using mml::Status;
using json = nlohmann::ordered_json;
using mml_test::mentions;

namespace {

Container container_of(const mml::Model& model) {
    return mml::container_from_bytes(mml::model_bytes(model), "model", "m", 1U << 24U);
}

std::string bytes_of(Container container, const json& changed) {
    container.texts["model"] = changed.dump();
    return mml::container_bytes(container, "model", 0);
}

// A model of two classes, its file taken apart.
struct File {
    explicit File(const mml::Model& model) : container(container_of(model)), fields(json::parse(container.texts["model"])) {}
    File() : File(*trained_on(small_samples(2, 60))) {}

    std::string message() const {
        return message_of([&] { mml::model_from_bytes(bytes_of(container, fields), "m"); });
    }
    Status status() const {
        return status_of([&] { mml::model_from_bytes(bytes_of(container, fields), "m"); });
    }
    mml::Model model() const { return *mml::model_from_bytes(bytes_of(container, fields), "m"); }

    // Another model as the prior of this one.
    void add_prior(const File& other, double share = 0.5) {
        fields["prior"] = {{"share", share}, {"model", other.fields}};
        for (const auto& [name, tensor] : other.container.tensors.all()) container.tensors.insert("prior." + name, tensor);
    }

    Container container;
    json fields;
};

File with_prior(double share = 0.5) {
    File file;
    file.add_prior(File(*trained_on(small_samples(2, 40, 2))), share);
    return file;
}

File changed(const std::function<void(json&)>& change) {
    File file = with_prior();
    change(file.fields);
    return file;
}

// One at least for each invariant.
std::vector<File> broken_files() {
    std::vector<File> files;
    const auto add = [&](const std::function<void(json&)>& change) { files.push_back(changed(change)); };
    add([](json& model) { model["input_names"].push_back("c"); });
    add([](json& model) { model["input_names"].erase(0); });
    add([](json& model) { model["class_names"].push_back("r"); });
    add([](json& model) { model["class_names"] = json::array(); });
    add([](json& model) { model["categories"] = json::array({json::array({"red"})}); });
    add([](json& model) {
        const json levels = json::array({"red", "red"});
        model["categories"] = json::array();
        for (std::size_t i = 0; i < model["input_names"].size(); ++i) model["categories"].push_back(levels);
    });
    add([](json& model) { model["origins"] = {1.0}; });
    add([](json& model) { model["origins"] = std::vector<double>(model["input_names"].size(), 1e39); });
    for (const double weight : {1e308, -1e308, 1.1e6, -1.0})
        add([&](json& model) { model["ensemble"]["parts"][0]["weight"] = weight; });
    for (const double share : {-0.1, 1.1, 1e308}) add([&](json& model) { model["prior"]["share"] = share; });
    for (const char* field : {"own", "all"}) {
        for (const double weight : {-1.0, 1e308, 1e61}) add([&](json& model) { model["sample_weight"][field] = weight; });
    }
    for (const double weight : {-5.0, 1e308}) {
        add([&](json& model) {
            model.erase("sample_weight");
            model["description"]["samples"]["weight"] = weight;
        });
    }
    add([](json& model) { model["description"]["warnings"] = "text"; });
    add([](json& model) { model["description"]["warnings"] = {1}; });
    add([](json& model) { model["description"]["ensemble"] = json::array(); });
    add([](json& model) { model["description"]["ensemble"]["members"] = {{{"kind", "linear"}}}; });
    add([](json& model) { model["description"]["ensemble"]["members"][0]["weight"] = "1"; });
    File counted;
    for (const char* name : {"spread.edges_of_column", "spread.edges", "spread.counts"})
        counted.container.tensors.insert(name, container_of(*trained_on(mml_test::one_column(60))).tensors.all().at(name));
    files.push_back(counted);
    File regression;
    regression.add_prior(File(*trained_on(small_samples(0, 40))));
    files.push_back(regression);
    File classes(*trained_on(small_samples(0, 40)));
    classes.add_prior(File());
    files.push_back(classes);
    return files;
}

}  // namespace

TEST_CASE("a file whose fields do not fit each other is refused by the invariant's name, for each invariant") {
    std::set<std::string> found;
    for (const File& file : broken_files()) {
        CAPTURE(file.fields.dump());
        CHECK(file.status() == Status::bad_model);
        const std::string message = file.message();
        CAPTURE(message);
        const auto broken = std::ranges::find_if(
            mml::model_invariants(), [&](const mml::Invariant& invariant) { return message.ends_with(invariant.broken); });
        REQUIRE(broken != mml::model_invariants().end());
        found.insert(broken->broken);
    }
    for (const mml::Invariant& invariant : mml::model_invariants()) {
        // What reads curves and decisions takes no other number.
        const std::string broken = invariant.broken;
        if (broken.find("curves") == std::string::npos && broken.find("decision") == std::string::npos)
            CHECK(found.contains(broken));
    }
    CHECK(with_prior().status() == Status::ok);
}

TEST_CASE("a prior within a prior is held to the same") {
    File inner = with_prior();
    inner.fields["prior"]["model"]["ensemble"]["parts"][0]["weight"] = 1e308;
    File outer;
    outer.add_prior(inner);
    CHECK(outer.message() == mentions("part", "0"));
    File mixed = with_prior();
    mixed.add_prior(File(*trained_on(small_samples(0, 40))));
    File around;
    around.add_prior(mixed);
    CHECK(around.message() == mentions("prior", "task"));
}

TEST_CASE("a prior with a column or class that the model lacks is refused") {
    File column = with_prior();
    column.fields["prior"]["model"]["input_names"] = {"a", "c"};
    CHECK(column.status() == Status::bad_model);
    File named = with_prior();
    named.fields["prior"]["model"]["class_names"] = {"p", "z"};
    CHECK(named.status() == Status::bad_model);
    File more_classes;
    more_classes.add_prior(File(*trained_on(small_samples(3, 60))));
    CHECK(more_classes.status() == Status::bad_model);
}

TEST_CASE("whatever is in range predicts probabilities and estimates that are numbers") {
    for (const int classes : {0, 2, 3}) {
        CAPTURE(classes);
        File file(*trained_on(small_samples(classes, 90), {{"linear", "true"},
                                                           {"trees", "5"},
                                                           {"networks", "1"},
                                                           {"epochs", "2"},
                                                           {"pilot_margin", "0"},
                                                           {"pool", "log_odds"}}));
        for (auto& part : file.fields["ensemble"]["parts"]) part["weight"] = 1e6;
        file.fields["ensemble"]["temperature"] = 1e-300;
        if (classes == 0) file.fields["ensemble"]["deviation"] = 1e308;
        Container& container = file.container;
        for (const float sign : {1.0F, -1.0F}) {
            mml::Tensors extreme;
            for (const auto& [name, tensor] : container.tensors.all()) {
                mml::Tensor changed = tensor;
                const bool parameter = name.ends_with(".weights") || name.ends_with(".bias");
                auto* const values = std::get_if<std::vector<float>>(&changed.values);
                if (parameter && values != nullptr) std::ranges::fill(*values, sign * 1e12F);
                if (name.ends_with(".value") && name.find("encoder") == std::string::npos)
                    std::ranges::fill(*values, sign * 1e6F);
                if (name.ends_with(".scale")) std::ranges::fill(*values, 0.0F);
                extreme.insert(name, changed);
            }
            container.tensors = extreme;
            const mml::Model model = file.model();
            for (const float score : scores_of(model)) {
                CHECK(std::isfinite(score));
                if (classes > 0) CHECK((score >= 0 && score <= 1));
            }
        }
    }
}

TEST_CASE("trained models keep every invariant, and are read back with the same weight") {
    for (const int classes : {0, 2, 3}) {
        const auto first = trained_on(small_samples(classes, 60));
        const auto second = trained_on(small_samples(classes, 20, 2), {}, first);
        CHECK(second->sample_weight().own == 20);
        CHECK(second->sample_weight().all == 80);
        CHECK(read_again(*second)->sample_weight().all == 80);
        CHECK(second->prior().share == doctest::Approx(0.75));
    }
}

TEST_CASE("a file without the field sample_weight has the weight that its description tells") {
    File file = with_prior();
    file.fields.erase("sample_weight");
    file.fields["prior"]["model"].erase("sample_weight");
    CHECK(file.model().sample_weight().own == 60);
    CHECK(file.model().sample_weight().all == 100);
    file.fields["description"]["samples"].erase("weight");
    CHECK(file.model().sample_weight().all == 40);
    file.fields["description"]["samples"]["weight"] = "60";
    CHECK(file.status() == Status::bad_model);
}

TEST_CASE("to go on from a model of unknown weight is allowed, with a warning") {
    File file;
    file.fields["sample_weight"] = {{"own", 0}, {"all", 0}};
    const auto next = trained_on(small_samples(2, 20, 2), {}, std::make_shared<const mml::Model>(file.model()));
    CHECK(next->prior().share == 0);
    CHECK(next->description().at("warnings").texts().back() == mentions("earlier", "share"));
}
