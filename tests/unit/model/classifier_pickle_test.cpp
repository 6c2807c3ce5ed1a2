// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "../status_of.hpp"
#include "model/original/classifier_pickle.hpp"
#include "original_files.hpp"

using namespace mml_test;
using mml::Status;

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
    CHECK(reason(pickle_file("refused-os-system")) ==
          R"(it names "posix system", which no model of the original needs: it was not run)");
    CHECK(reason(pickle_file("refused-within-classifier")) ==
          R"(it names "posix system", which no model of the original needs: it was not run)");
    CHECK(reason(pickle_file("refused-eval")) ==
          R"(it names "builtins eval", which no model of the original needs: it was not run)");
    CHECK(reason(pickle_file("refused-inst")) ==
          R"(it names "os system", which no model of the original needs: it was not run)");
    CHECK_FALSE(mml::exists("moodleml-was-here"));
}

TEST_CASE("known names are for what they name only") {
    const std::string classifier = "cmoodlemlbackend.model.tensor\nTF\n";
    const std::string wrapper = "cjoblib.numpy_pickle\nNumpyArrayWrapper\n";
    CHECK(reason("\x80\x03" + classifier + ")R.") ==
          R"(it calls something where no model of the original does: "moodlemlbackend.model.tensor TF"; it was not run)");
    CHECK(reason("\x80\x03"
                 "cnumpy\nndarray\n)\x81.") ==
          R"(it makes an object where no model of the original does: "numpy ndarray"; it was not run)");
    CHECK(reason("\x80\x03" + classifier + "K\x01\x85\x81.") ==
          R"(it makes an object where no model of the original does: "moodlemlbackend.model.tensor TF"; it was not run)");
    CHECK(reason("\x80\x03" + text("os") + ")R.") ==
          "it calls something where no model of the original does; it was not run");
    CHECK(reason("\x80\x03" + classifier + "}b.") == "it gives a state to something that is not a new object");
    CHECK(reason("\x80\x03" + classifier + ")\x81}b}b.") == "it gives a state to something that is not a new object");
    CHECK(reason("\x80\x03" + wrapper + ")\x81}b.") == "its array is of no known kind");
    CHECK(reason("\x80\x03" + classifier + ")\x81}b.") == "its classifier lacks the number n_hidden");
}

TEST_CASE("bombs") {
    CHECK(reason(pickle_file("refused-nested")) == "it has more than 10000 instructions");
    CHECK(reason(pickle_file("refused-marks")) == "it has more than 10000 instructions");
    CHECK(reason(pickle_file("refused-memo")) == "it holds no classifier of moodle-mlbackend-python 3");
    CHECK(reason(pickle_file("refused-memo-place")) == "it holds no classifier of moodle-mlbackend-python 3");
    CHECK(reason(pickle_file("refused-10-gigabyte-array")) == "its array has no length from 0 to 1000000");
    CHECK(reason(pickle_file("refused-huge-text")) == "it holds a text of 4294967295 bytes, more than 4096");
    const std::string one_million = "K\x03\x85";
    const std::string longer = replaced(pickle_file("good-protocol-3"), one_million, std::string("J\x40\x42\x0F\0\x85", 6));
    CHECK(reason(longer) == "it is cut off, or a length in it is wrong");
}

TEST_CASE("other arrays and compressions are refused by name") {
    CHECK(reason(pickle_file("refused-float64")) == R"(its array holds numbers of type "<f8", not little-endian integers)");
    CHECK(reason(pickle_file("refused-objects")) == R"(its array holds numbers of type "|O8", not little-endian integers)");
    CHECK(reason(pickle_file("refused-two-dimensions")) == "its array has not one dimension");
    CHECK(reason(pickle_file("refused-xz")) ==
          "it is compressed by xz: load it in Python and dump it again without compression, or train a new model");
    CHECK(reason("BZh91AY").starts_with("it is compressed by bzip2"));
    const std::string big_endian = replaced(pickle_file("good-protocol-3"), text("<"), text(">"));
    CHECK(reason(big_endian) == R"(its array holds numbers of type ">i8", not little-endian integers)");
}

TEST_CASE("what inflates to too much is refused before it is all there") {
    std::string zeros(1U << 20U, '\0');
    CHECK(status_of([&] { mml::read_classifier_pickle(pickle_file("good-zlib") + "x"); }) == Status::bad_model);
    CHECK(reason(pickle_file("good-gzip").substr(0, 200)) == "its compressed bytes are damaged or cut off");
    CHECK(reason("x\x9C" + zeros) == "its compressed bytes are damaged or cut off");
}

TEST_CASE("numbers out of range and columns out of order") {
    const std::string good = pickle_file("good-protocol-3");
    const auto changed = [&](const std::string& name, const std::string& from, const std::string& to) {
        const std::size_t at = good.find(name);
        const std::size_t value = good.find(from, at + name.size());
        return good.substr(0, value) + to + good.substr(value + from.size());
    };
    CHECK(reason(changed("n_classes", "K\x02", "K\x01")) == "its classifier's n_classes is 1, not 2 to 100000");
    CHECK(reason(changed("n_hidden_layers", "K\x01", "K\x09")) == "its classifier's n_hidden_layers is 9, not 1 to 8");
    CHECK(reason(changed("n_features", "K\x03", "K\x04")) == "its classifier has 3 variable_columns, but n_features is 4");
    CHECK(reason(changed("batch_size", "K\x64", "J\xFF\xFF\xFF\xFF")) ==
          "its classifier's batch_size is -1, not 0 to 1000000000");
    CHECK(reason(changed("n_hidden", "K\x0A", "N")) == "its classifier lacks the number n_hidden");
    CHECK(reason(changed("numpy_array_alignment_bytes", "\xC8", "\x04")) ==
          "its classifier's variable_columns, 5 then 4, are not rising numbers");
}

TEST_CASE("protocols and ends") {
    CHECK(reason("") == "it is cut off, or a length in it is wrong");
    CHECK(reason("(dp0\n.") == "it is not a pickle of protocol 2 to 5");
    CHECK(reason("\x80\x06.") == "it is a pickle of protocol 6, not 2 to 5");
    CHECK(reason("\x80\x03.") == "an instruction in it lacks its values");
    CHECK(reason("\x80\x03N.N") == "there is something behind its end");
    CHECK(reason("\x80\x03h\x05.") == "it names memo 5, which it has not filled");
    CHECK(reason("\x80\x03}(K\x01u.") == "a dictionary in it has a name without a value");
    CHECK(reason("\x80\x03)(K\x01K\x01u.") == "it puts an item into something that is not a dictionary");
    CHECK(reason("\x80\x03}(K\x01K\x01u.") == "a name in it is not a text");
    CHECK(reason("\x80\x03].") == R"(its byte 2 is the instruction "]", which no model of the original has)");
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
