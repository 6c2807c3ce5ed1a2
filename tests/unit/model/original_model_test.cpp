// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/text.hpp"
#include "model/model_file.hpp"
#include "model/original/checkpoint.hpp"
#include "model/original/original_model.hpp"
#include "original_files.hpp"

using namespace mml_test;
using mml::Status;
using mml_test::mentions;

namespace {

// Unnamed rows.
mml::Dataset table_of(std::size_t columns, const std::vector<std::vector<float>>& rows) {
    mml::Dataset dataset;
    dataset.source = "the data set";
    dataset.features = mml::SparseRows(std::vector<float>(columns, 0.0F));
    for (const auto& row : rows) dataset.features.append_dense_row(row);
    dataset.column_names = mml::default_column_names(static_cast<std::int64_t>(columns));
    return dataset;
}

std::vector<float> predicted(const mml::Model& model, const mml::Dataset& dataset) {
    std::vector<float> scores(static_cast<std::size_t>(dataset.rows() * model.outputs()));
    model.predict(dataset, 1, scores);
    return scores;
}

// The network of tests/data/original-models/three by hand, from the tensors themselves.
std::vector<double> three_by_hand(const std::vector<double>& row) {
    const std::string index = original_file("three", original_index);
    const std::string data = original_file("three", original_data);
    const mml::Checkpoint checkpoint(index, data);
    const auto tensor = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
        return checkpoint.tensor("layer_with_weights-" + name + "/.ATTRIBUTES/VARIABLE_VALUE", shape);
    };
    const auto w0 = tensor("0/kernel", {2, 10}), b0 = tensor("0/bias", {10});
    const auto w1 = tensor("1/kernel", {10, 3}), b1 = tensor("1/bias", {3});
    std::vector<double> links(b1.begin(), b1.end());
    for (std::size_t j = 0; j < 10; ++j) {
        const double a =
            static_cast<double>(b0[j]) + row[0] * static_cast<double>(w0[j]) + row[1] * static_cast<double>(w0[10 + j]);
        for (std::size_t k = 0; k < 3; ++k) links[k] += std::max(0.0, a) * static_cast<double>(w1[3 * j + k]);
    }
    const double largest = std::max({links[0], links[1], links[2]});
    for (double& link : links) link = std::exp(link - largest);
    const double sum = links[0] + links[1] + links[2];
    return {links[0] / sum, links[1] / sum, links[2] / sum};
}

// A copy of a model of the original that may be damaged.
struct OriginalCopy {
    explicit OriginalCopy(const std::string& model) {
        std::filesystem::copy(original_directory(model), directory, std::filesystem::copy_options::recursive);
    }
    std::string message() const {
        return message_of([&] { mml::load_original_model(directory); });
    }
    TemporaryDirectory place;
    std::string directory = place.file("classifier");
};

}  // namespace

TEST_CASE("a model of the original is one of ours, by position, weighing the samples of its last training") {
    CHECK(mml::holds_original_model(original_directory("m366")));
    CHECK_FALSE(mml::holds_original_model(original_directory("m366") + "/model.ckpt"));
    const auto two = mml::load_original_model(original_directory("m366"));
    CHECK(two->by_position());
    CHECK_FALSE(two->named());
    CHECK(two->inputs() == 359);
    CHECK(two->class_names() == std::vector<std::string>{"0", "1"});
    CHECK(two->sample_weight().all == 1904);
    const auto three = mml::load_original_model(original_directory("three"));
    CHECK(three->inputs() == 2);
    CHECK(three->class_names() == std::vector<std::string>{"0", "1", "2"});
    CHECK(three->sample_weight().all == 150);
}

TEST_CASE("cells beyond where an encoder of ours cuts count in full") {
    const auto model = mml::load_original_model(original_directory("three"));
    for (const std::vector<double>& row :
         {std::vector<double>{0.25, -0.5}, {0.001, 0.002}, {-1, 1}, {150, 149}, {1e-9, 0}}) {
        const auto scores = predicted(*model, table_of(2, {{static_cast<float>(row[0]), static_cast<float>(row[1])}}));
        const auto expected = three_by_hand(row);
        for (std::size_t k = 0; k < 3; ++k)
            CHECK(static_cast<double>(scores[k]) == doctest::Approx(expected[k]).epsilon(1e-5));
    }
}

TEST_CASE("tables with more columns are taken, with fewer refused") {
    const auto model = mml::load_original_model(original_directory("three"));
    const auto scores = predicted(*model, table_of(2, {{0.25F, -0.5F}}));
    CHECK(predicted(*model, table_of(4, {{0.25F, -0.5F, 7, 8}})) == scores);
    CHECK(message_of([&] { predicted(*model, table_of(1, {{0.25F}})); }) == mentions("has 1", "looks", "column 2"));
}

TEST_CASE("as a model file it predicts the same and is still by position") {
    const auto model = mml::load_original_model(original_directory("three"));
    const auto again = mml::model_from_bytes(mml::model_bytes(*model), "m");
    CHECK(again->by_position());
    CHECK(again->sample_weight().all == 150);
    const auto rows = table_of(3, {{0.25F, -0.5F, 1}, {-1, 1, 0}});
    CHECK(predicted(*again, rows) == predicted(*model, rows));
}

TEST_CASE("names come from a table: columns by position, classes by name or in order") {
    const auto model = mml::load_original_model(original_directory("three"));
    const auto classes = [&](const std::vector<std::string>& names) {
        return model->named_after({"a", "b", "c"}, true, names, "\"f\"").class_names();
    };
    const std::vector<std::string> numbered{"0", "1", "2"};
    CHECK(classes({}) == numbered);
    CHECK(classes({"2", "1", "0"}) == numbered);
    CHECK(classes({"0", "2"}) == numbered);
    CHECK(classes({"0", "1", "2", "3"}) == numbered);
    CHECK(classes({"low", "middle", "high"}) == std::vector<std::string>{"low", "middle", "high"});
    CHECK(classes({"1", "2", "3"}) == std::vector<std::string>{"1", "2", "3"});
    CHECK(message_of([&] { classes({"yes", "no"}); }) == mentions("\"f\"", "has 2", "classes", "has 3"));
    const mml::Model named = model->named_after({"a", "b", "c"}, true, {}, "\"f\"");
    CHECK(named.input_names() == std::vector<std::string>{"a", "b"});
    CHECK(named.named());
    CHECK_FALSE(named.by_position());
    CHECK(model->named_after({"x0", "x1"}, false, {}, "").by_position());
}

TEST_CASE("messages name the file, and a missing one is told") {
    const OriginalCopy copy("three");
    const std::string pickle = copy.directory + "/classifier.pkl";
    const std::string good = original_file("three", "classifier.pkl");
    CHECK(copy.message() == "");
    mml::replace_file(pickle, pickle_file("refused-os-system"), 0600);
    CHECK(copy.message() == mml::concat("\"", pickle, "\" is not a readable model of moodle-mlbackend-python 3: ",
                                        R"(it names "posix system", which no model of the original needs: it was not run)"));
    mml::replace_file(pickle, good, 0600);
    std::filesystem::remove(copy.directory + "/" + original_data);
    CHECK(copy.message().find("variables.data-00000-of-00001") != std::string::npos);
    CHECK_FALSE(mml::exists("moodleml-was-here"));
}

TEST_CASE("layers that do not fit the classifier") {
    const OriginalCopy copy("three");
    const std::string good = original_file("three", "classifier.pkl");
    const auto message_with = [&](const std::string& field, const std::string& from, const std::string& to) {
        const std::size_t at = good.find(from, good.find(field) + field.size());
        std::string changed = good;
        mml::replace_file(copy.directory + "/classifier.pkl", changed.replace(at, from.size(), to), 0600);
        return copy.message();
    };
    CHECK(message_with("n_hidden", "K\x0A", "K\x0B").find("layer_with_weights-0/kernel") != std::string::npos);
    CHECK(message_with("n_classes", "K\x03", "K\x04").find("another type or shape") != std::string::npos);
    CHECK(message_with("n_hidden_layers", "K\x01", "K\x02").find("layer_with_weights-1/kernel") != std::string::npos);
}

TEST_CASE("data that are cut or changed where a layer lies are refused") {
    const OriginalCopy copy("three");
    const std::string good = original_file("three", original_data);
    constexpr std::size_t layers = 252;  // their bytes, from the start
    for (std::size_t at = 0; at < layers; at += 3) {
        std::string changed = good;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        mml::replace_file(copy.directory + "/" + original_data, changed, 0600);
        CHECK(copy.message().find("the checksum of tensor") != std::string::npos);
        mml::replace_file(copy.directory + "/" + original_data, good.substr(0, at), 0600);
        CHECK(copy.message().find("is beyond the end of the data") != std::string::npos);
    }
}
