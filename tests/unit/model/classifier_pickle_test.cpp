// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "model/original/classifier_pickle.hpp"
#include "original_files.hpp"

using namespace mml_test;
using mml::Status;
using mml_test::mentions;

namespace {

std::string reason(const std::string& file) {
    return message_of([&] { mml::read_classifier_pickle(file); });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool same(const mml::OriginalClassifier& a, const mml::OriginalClassifier& b) {
    return a.hidden_units == b.hidden_units && a.hidden_layers == b.hidden_layers && a.classes == b.classes &&
           a.epochs == b.epochs && a.batch_size == b.batch_size && a.columns == b.columns;
}

// A text of a pickle, as its instruction BINUNICODE has it.
std::string text(const std::string& content) {
    return "X" + std::string(1, static_cast<char>(content.size())) + std::string(3, '\0') + content;
}

}  // namespace

TEST_CASE("the classifiers of the original") {
    const auto two = mml::read_classifier_pickle(original_file("m366", "classifier.pkl"));
    CHECK(two.hidden_units == 20);
    CHECK(two.hidden_layers == 2);
    CHECK(two.classes == 2);
    CHECK(two.epochs == 424);
    CHECK(two.batch_size == 952);
    REQUIRE(two.columns.size() == 60);
    CHECK(std::vector<std::int32_t>(two.columns.begin(), two.columns.begin() + 4) ==
          std::vector<std::int32_t>{11, 12, 22, 27});
    CHECK(two.columns.back() == 358);
    const auto three = mml::read_classifier_pickle(original_file("three", "classifier.pkl"));
    CHECK(three.classes == 3);
    CHECK(three.hidden_layers == 1);
    CHECK(three.columns == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("what joblib writes in other protocols, with padding, compressed, of other integers") {
    for (const char* name : {"good-protocol-2", "good-protocol-3", "good-protocol-4", "good-protocol-5", "good-zlib",
                             "good-gzip", "good-int32", "good-uint8"}) {
        CAPTURE(name);
        const auto classifier = mml::read_classifier_pickle(pickle_file(name));
        CHECK(same(classifier, {10, 1, 2, 424, 100, {0, 5, 200}}));
    }
}

TEST_CASE("a pickle that would run something is refused by its name, and nothing ran") {
    CHECK(reason(pickle_file("refused-os-system")) == mentions("\"posix system\"", "needs"));
    CHECK(reason(pickle_file("refused-within-classifier")) == mentions("\"posix system\"", "needs"));
    CHECK(reason(pickle_file("refused-eval")) == mentions("\"builtins eval\"", "needs"));
    CHECK(reason(pickle_file("refused-inst")) == mentions("\"os system\"", "needs"));
    CHECK_FALSE(mml::exists("moodleml-was-here"));
}

TEST_CASE("known names are for what they name only") {
    const std::string classifier = "cmoodlemlbackend.model.tensor\nTF\n";
    const std::string wrapper = "cjoblib.numpy_pickle\nNumpyArrayWrapper\n";
    CHECK(reason("\x80\x03" + classifier + ")R.") == mentions("calls", "\"moodlemlbackend.model.tensor TF\""));
    CHECK(reason("\x80\x03"
                 "cnumpy\nndarray\n)\x81.") == mentions("makes", "\"numpy ndarray\""));
    CHECK(reason("\x80\x03" + classifier + "K\x01\x85\x81.") == mentions("makes", "\"moodlemlbackend.model.tensor TF\""));
    CHECK(reason("\x80\x03" + text("os") + ")R.") == mentions("calls", "something"));
    CHECK(reason("\x80\x03" + classifier + "}b.") == mentions("gives", "state"));
    CHECK(reason("\x80\x03" + classifier + ")\x81}b}b.") == mentions("gives", "state"));
    CHECK(reason("\x80\x03" + wrapper + ")\x81}b.") == mentions("known", "kind"));
    CHECK(reason("\x80\x03" + classifier + ")\x81}b.") == mentions("lacks", "n_hidden"));
}

TEST_CASE("bombs") {
    CHECK(reason(pickle_file("refused-nested")) == mentions("10000", "instructions"));
    CHECK(reason(pickle_file("refused-marks")) == mentions("10000", "instructions"));
    CHECK(reason(pickle_file("refused-memo")) == mentions("moodle", "3"));
    CHECK(reason(pickle_file("refused-memo-place")) == mentions("moodle", "3"));
    CHECK(reason(pickle_file("refused-10-gigabyte-array")) == mentions("length", "0", "1000000"));
    CHECK(reason(pickle_file("refused-huge-text")) == mentions("text", "of 4294967295", "4096"));
    const std::string one_million = "K\x03\x85";
    const std::string longer = replaced(pickle_file("good-protocol-3"), one_million, std::string("J\x40\x42\x0F\0\x85", 6));
    CHECK(reason(longer) == mentions("length", "wrong"));
}

TEST_CASE("other arrays and compressions are refused by name") {
    CHECK(reason(pickle_file("refused-float64")) == mentions("\"<f8\"", "integers"));
    CHECK(reason(pickle_file("refused-objects")) == mentions("\"|O8\"", "integers"));
    CHECK(reason(pickle_file("refused-two-dimensions")) == mentions("array", "dimension"));
    CHECK(reason(pickle_file("refused-xz")) == mentions("load", "Python"));
    CHECK(reason("BZh91AY").starts_with("it is compressed by bzip2"));
    const std::string big_endian = replaced(pickle_file("good-protocol-3"), text("<"), text(">"));
    CHECK(reason(big_endian) == mentions("\">i8\"", "integers"));
}

TEST_CASE("what inflates to too much is refused before it is all there") {
    std::string zeros(1U << 20U, '\0');
    CHECK(status_of([&] { mml::read_classifier_pickle(pickle_file("good-zlib") + "x"); }) == Status::bad_model);
    CHECK(reason(pickle_file("good-gzip").substr(0, 200)) == mentions("compressed", "bytes"));
    CHECK(reason("x\x9C" + zeros) == mentions("compressed", "bytes"));
}

TEST_CASE("numbers out of range and columns out of order") {
    const std::string good = pickle_file("good-protocol-3");
    const auto changed = [&](const std::string& name, const std::string& from, const std::string& to) {
        const std::size_t at = good.find(name);
        const std::size_t value = good.find(from, at + name.size());
        return good.substr(0, value) + to + good.substr(value + from.size());
    };
    CHECK(reason(changed("n_classes", "K\x02", "K\x01")) == mentions("n_classes", "1", "2", "100000"));
    CHECK(reason(changed("n_hidden_layers", "K\x01", "K\x09")) == mentions("n_hidden_layers", "9", "1", "8"));
    CHECK(reason(changed("n_features", "K\x03", "K\x04")) == mentions("has 3", "n_features", "4"));
    CHECK(reason(changed("batch_size", "K\x64", "J\xFF\xFF\xFF\xFF")) == mentions("batch_size", "-1", "0", "1000000000"));
    CHECK(reason(changed("n_hidden", "K\x0A", "N")) == mentions("lacks", "n_hidden"));
    CHECK(reason(changed("numpy_array_alignment_bytes", "\xC8", "\x04")) == mentions("5", "4", "rising"));
}

TEST_CASE("protocols and ends") {
    CHECK(reason("") == mentions("length", "wrong"));
    CHECK(reason("(dp0\n.") == mentions("pickle", "2", "5"));
    CHECK(reason("\x80\x06.") == mentions("pickle", "6", "2", "5"));
    CHECK(reason("\x80\x03.") == mentions("instruction", "values"));
    CHECK(reason("\x80\x03N.N") == mentions("something", "behind"));
    CHECK(reason("\x80\x03h\x05.") == mentions("memo", "5"));
    CHECK(reason("\x80\x03}(K\x01u.") == mentions("dictionary", "without"));
    CHECK(reason("\x80\x03)(K\x01K\x01u.") == mentions("puts", "item"));
    CHECK(reason("\x80\x03}(K\x01K\x01u.") == mentions("name", "text"));
    CHECK(reason("\x80\x03].") == mentions("2", "instruction", "\"]\""));
}

TEST_CASE("cut at every byte it is refused, and with any bit changed it is refused or a classifier") {
    for (const char* name : {"good-protocol-2", "good-protocol-4", "good-zlib"}) {
        CAPTURE(name);
        const std::string good = pickle_file(name);
        for (std::size_t size = 0; size < good.size(); ++size) {
            CHECK(status_of([&] { mml::read_classifier_pickle(good.substr(0, size)); }) == Status::bad_model);
        }
        for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
            std::string changed = good;
            changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
            const Status status = status_of([&] { mml::read_classifier_pickle(changed); });
            CHECK((status == Status::ok || status == Status::bad_model));
        }
    }
}
