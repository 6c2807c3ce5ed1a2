// SPDX-License-Identifier: Apache-2.0
// One call for each status, but for MML_BUSY (moodle.cpp), MML_OUT_OF_MEMORY (memory.cpp) and MML_INTERNAL, which only a
// defect could bring about.
#include <zlib.h>

#include "support.hpp"

using namespace capi_test;

namespace {

struct EndStream {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;
    }
};

std::string unpacked(const std::string& bytes) {
    const std::unique_ptr<z_stream, EndStream> stream(new z_stream{});
    REQUIRE(inflateInit2(stream.get(), 15 + 16) == Z_OK);
    std::string text(64 << 20, '\0');
    stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream->avail_in = static_cast<uInt>(bytes.size());
    stream->next_out = reinterpret_cast<Bytef*>(text.data());
    stream->avail_out = static_cast<uInt>(text.size());
    REQUIRE(inflate(stream.get(), Z_FINISH) == Z_STREAM_END);
    text.resize(stream->total_out);
    return text;
}

std::string packed(const std::string& text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string bytes(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    bytes.resize(stream.total_out);
    deflateEnd(&stream);
    bytes[9] = '\xff';  // "unknown system", as model files have it
    return bytes;
}

mml_status load(const std::string& bytes) {
    mml_model* out = nullptr;
    const mml_status status = mml_model_load_bytes(&out, bytes.data(), bytes.size());
    CHECK((out != nullptr) == (status == MML_OK));
    mml_model_free(out);
    return status;
}

mml_status read_text(const std::string& text, const mml_config* config) {
    mml_dataset* out = nullptr;
    const mml_status status = mml_dataset_from_csv_text(&out, text.data(), text.size(), config);
    CHECK((out != nullptr) == (status == MML_OK));
    mml_dataset_free(out);
    return status;
}

mml_status train(const mml_dataset* dataset, const mml_config* config, mml_progress_fn progress = nullptr) {
    mml_model* out = nullptr;
    const mml_status status = mml_train(&out, dataset, config, nullptr, progress, nullptr);
    CHECK((out != nullptr) == (status == MML_OK));
    mml_model_free(out);
    return status;
}

int32_t stop(const mml_progress*, void*) { return 1; }

}  // namespace

TEST_CASE("MML_UNKNOWN_OPTION") {
    CHECK(mml_config_set(config_of({}).get(), "colour", "red") == MML_UNKNOWN_OPTION);
    check_message("\"colour\"");
}

TEST_CASE("MML_BAD_DATA tells row and column") {
    const Config config = config_of({{"format", "plain"}, {"types", "b=number"}});
    CHECK(read_text("a,b,t\n1,2,0\n1,x,1\n", config.get()) == MML_BAD_DATA);
    check_message("\"x\"");
    check_message("\"b\"");
    CHECK(read_text("a,b,t\n1,2,0\n1,2,3,4\n", config.get()) == MML_BAD_DATA);
    CHECK(read_text("", config.get()) == MML_BAD_DATA);
}

TEST_CASE("MML_NOT_ENOUGH_DATA") {
    const auto none = dataset_of({}, 0, 2);
    set_classes(none.get(), {}, {"a", "b"});
    CHECK(train(none.get(), nullptr) == MML_NOT_ENOUGH_DATA);
}

TEST_CASE("MML_INVALID_ARGUMENT where samples have no target") {
    const auto dataset = dataset_of({1, 2}, 2, 1);
    CHECK(train(dataset.get(), nullptr) == MML_INVALID_ARGUMENT);
    check_message("has no target");
}

TEST_CASE("MML_IO names the file and the reason") {
    const TemporaryDirectory directory;
    const std::string absent = directory / "absent.csv";
    mml_dataset* dataset = nullptr;
    CHECK(mml_dataset_from_csv(&dataset, absent.c_str(), nullptr) == MML_IO);
    check_message("absent.csv");
    CHECK(mml_dataset_from_csv(&dataset, (directory / "").c_str(), nullptr) == MML_IO);
    CHECK(dataset == nullptr);
    mml_model* model = nullptr;
    CHECK(mml_model_load(&model, absent.c_str()) == MML_IO);
    check_message("No such file");
    CHECK(model == nullptr);
}

TEST_CASE("MML_LIMIT") {
    const std::string text = "a,t\n1,0\n2,1\n3,0\n";
    CHECK(read_text(text, config_of({{"format", "plain"}, {"max_rows", "2"}}).get()) == MML_LIMIT);
    check_message("max_rows");
    CHECK(read_text(text, config_of({{"format", "plain"}, {"max_rows", "3"}}).get()) == MML_OK);
}

TEST_CASE("MML_CANCELLED") {
    const Config config = quick_config();
    CHECK(train(classes_to_learn(300, 3, 2).get(), config.get(), stop) == MML_CANCELLED);
}

TEST_CASE("what a model or its file is refused for") {
    const Config config = quick_config();
    const auto dataset = classes_to_learn(60, 2, 2);
    const Model model = trained(dataset.get(), config.get());
    const std::string bytes = model_bytes(model.get());
    float scores[120] = {};

    SUBCASE("MML_BAD_MODEL") {
        CHECK(load("") == MML_BAD_MODEL);
        CHECK(load("not a model") == MML_BAD_MODEL);
        CHECK(load(bytes.substr(0, bytes.size() - 1)) == MML_BAD_MODEL);
        CHECK(load(bytes + "x") == MML_BAD_MODEL);
        CHECK(load(bytes) == MML_OK);
    }
    SUBCASE("MML_NEWER_FORMAT tells both versions") {
        std::string text = unpacked(bytes);
        CHECK(load(packed(text)) == MML_OK);
        const std::string version = R"("format_version":"1")";
        const std::size_t place = text.find(version);
        REQUIRE(place != std::string::npos);
        text[place + version.size() - 2] = '7';
        CHECK(load(packed(text)) == MML_NEWER_FORMAT);
        check_message("format 7");
        check_message("format 2");
    }
    SUBCASE("MML_MISMATCH") {
        const auto narrow = dataset_of({1, 2}, 2, 1);
        CHECK(mml_predict(model.get(), narrow.get(), nullptr, scores, 120) == MML_MISMATCH);
    }
    SUBCASE("MML_BUFFER_TOO_SMALL tells the number") {
        CHECK(mml_predict(model.get(), dataset.get(), nullptr, scores, 119) == MML_BUFFER_TOO_SMALL);
        check_message("holds 119 values: 120 are needed");
    }
    SUBCASE("MML_NOT_FOUND lists the metrics") {
        const auto report = made<Report>(
            [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
        double value = 7;
        CHECK(mml_report_metric(report.get(), "acuracy", &value) == MML_NOT_FOUND);
        check_message("\"acuracy\"");
        check_message("\"accuracy\"");
        CHECK(value == 7);
    }
    for (const float score : scores) CHECK(score == 0);
}
