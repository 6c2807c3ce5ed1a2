// SPDX-License-Identifier: Apache-2.0
// The program's whole main(), in this process, in a directory with some small files: any arguments end with an exit code
// that the manual tells and, where it is not 0, with one line of explanation.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "../unit/temporary_directory.hpp"
#include "draw.hpp"
#include "expect.hpp"
#include "moodleml/moodleml.hpp"

/// main() of bindings/cli, which is compiled under this name here.
int moodleml_main(int argument_count, char** arguments);

using mml_fuzz::Draw;
using mml_fuzz::expect;

namespace {

constexpr const char* samples =
    "nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\na,b,y\n0.5,-1,1\n0,,0\n1,2,1\n0,1,0\n0.5,0,1\n0,0,0\n";
constexpr const char* table = "a,b,y\n0.5,-1,1.5\n0,,0\n1,2,1\n0,1,0.25\n";

// Words that mean something to the program. No number is large, so that no run is long.
constexpr const char* words[] = {"data.csv",
                                 "rows.csv",
                                 "table.csv",
                                 "model.mml",
                                 "broken",
                                 "absent",
                                 "dir",
                                 "dir/classifier",
                                 "new.mml",
                                 "new.html",
                                 "new.md",
                                 ".",
                                 "",
                                 "-",
                                 "--",
                                 "--model",
                                 "-m",
                                 "--as",
                                 "json",
                                 "text",
                                 "csv",
                                 "--format",
                                 "plain",
                                 "moodle",
                                 "--quiet",
                                 "-q",
                                 "--help",
                                 "-h",
                                 "--version",
                                 "--output",
                                 "-o",
                                 "--report",
                                 "-r",
                                 "--start",
                                 "--write",
                                 "--target",
                                 "b",
                                 "y",
                                 "--task",
                                 "regression",
                                 "classification",
                                 "--labelled",
                                 "false",
                                 "--trees",
                                 "--networks",
                                 "--linear",
                                 "--folds",
                                 "--iterations",
                                 "--resampling",
                                 "grouped",
                                 "folds",
                                 "--threads",
                                 "--seed",
                                 "--set",
                                 "trees=1",
                                 "linear=false",
                                 "max-rows=3",
                                 "pool=probability",
                                 "calibration=isotonic",
                                 "--memory-limit",
                                 "1",
                                 "2",
                                 "0.5",
                                 "1e-3",
                                 "-1",
                                 "--test-share",
                                 "--effort",
                                 "fast",
                                 "moodlemlbackend.training",
                                 "moodlemlbackend.prediction",
                                 "moodlemlbackend.evaluation",
                                 "moodlemlbackend.export",
                                 "moodlemlbackend.import",
                                 "moodlemlbackend.version",
                                 "-W",
                                 "ignore",
                                 "-u",
                                 "--no-such",
                                 "--modle",
                                 "\x1b[31m",
                                 "\u009b31m"};
constexpr const char* commands[] = {"train",   "predict", "evaluate", "inspect", "convert",
                                    "options", "version", "-m",       "trian"};
constexpr const char* modules[] = {"training", "prediction", "evaluation", "export", "import", "version"};

// A word of the fuzzer's own: it names no file elsewhere and no large number.
std::string harmless(std::string word) {
    word = word.c_str();
    bool after_digit = false;
    std::string kept;
    for (const char c : word) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit || !after_digit) kept += c == '/' ? '_' : c;
        after_digit = digit;
    }
    return kept;
}

std::vector<std::string> drawn_arguments(Draw& draw) {
    std::vector<std::string> arguments{"moodleml"};
    for (std::size_t flags = draw.below(16); flags > 12; --flags) arguments.emplace_back(draw.flag() ? "-W" : "-u");
    const std::size_t chosen_command = draw.below(64);
    if (chosen_command == 63) return arguments;
    const std::string command = commands[chosen_command % std::size(commands)];
    arguments.push_back(command);
    const std::size_t module = command == "-m" ? draw.below(8) : std::size(modules);
    if (module < std::size(modules)) arguments.push_back(std::string("moodlemlbackend.") + modules[module]);
    if (command == "train" || command == "evaluate") {
        for (const char* brief : {"--networks=0", "--trees=1", "--folds=2", "--iterations=2", "--linear-strength=1"})
            arguments.emplace_back(brief);
    }
    for (int count = 0; count < 10 && !draw.empty(); ++count) {
        const std::size_t chosen = draw.below(256);
        arguments.push_back(chosen < 224 ? words[chosen % std::size(words)] : harmless(draw.text(24)));
    }
    return arguments;
}

void write(const char* name, const std::string& text) { std::ofstream(name, std::ios::binary) << text; }

// The directory in which the program runs, with the same files each time. It lies in another one of ours, so that ".." is,
// too.
void prepare_directory() {
    static const mml_test::TemporaryDirectory outer;
    static const std::string inner = outer.file("inner");
    static const std::string model = [] {
        const auto samples_read = moodleml::Dataset::from_csv_text(samples);
        return moodleml::Model::train(samples_read, {{"networks", "0"}, {"trees", "1"}, {"threads", "1"}}).bytes();
    }();
    std::filesystem::remove_all(inner);
    std::filesystem::create_directories(inner + "/dir/classifier");
    std::filesystem::current_path(inner);
    write("data.csv", samples);
    write("rows.csv", "nfeatures\n2\nid,a,b\n1-0,0.5,-1\n2-0,0,\n");
    write("table.csv", table);
    write("broken", "nfeatures\n2\n\"");
    write("model.mml", model);
    write("dir/classifier/model.mml", model);
}

// What is written to a stream of the process while this lives.
class Captured {
public:
    explicit Captured(int stream) : stream_(stream), saved_(::dup(stream)), memory_(::memfd_create("captured", 0)) {
        expect(saved_ >= 0 && memory_ >= 0 && ::dup2(memory_, stream_) == stream_, "a stream to capture");
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    ~Captured() {
        ::dup2(saved_, stream_);
        ::close(saved_);
        ::close(memory_);
    }
    std::string text() const {
        std::string bytes(static_cast<std::size_t>(::lseek(memory_, 0, SEEK_END)), '\0');
        return bytes.substr(0,
                            static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(memory_, bytes.data(), bytes.size(), 0))));
    }

private:
    int stream_;
    int saved_;
    int memory_;
};

struct Ended {
    int code;
    std::string output;
    std::string messages;
};

Ended run(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const Captured output(STDOUT_FILENO);
    const Captured messages(STDERR_FILENO);
    const int code = moodleml_main(static_cast<int>(arguments.size()), pointers.data());
    return {code, output.text(), messages.text()};
}

// Nor by the controls from U+0080 on.
void expect_lines(const std::string& text) {
    const auto steers = [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; };
    const auto steers_in_two_bytes = [](unsigned char lead, unsigned char next) { return lead == 0xC2 && next < 0xA0; };
    const bool printable =
        std::ranges::none_of(text, steers) && std::ranges::adjacent_find(text, steers_in_two_bytes) == text.end();
    expect(printable && mml::valid_utf8(text) == text, "messages that steer no terminal");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    prepare_directory();
    ::setenv("MOODLEML_OPTIONS", ("networks=0,trees=1,folds=2,threads=1," + harmless(draw.text(16))).c_str(), 1);
    const std::vector<std::string> arguments = drawn_arguments(draw);
    const bool for_moodle = std::ranges::find(arguments, "-m") != arguments.end();
    const Ended ended = run(arguments);
    expect_lines(ended.messages);
    if (!for_moodle) expect(ended.code >= 0 && ended.code <= 2, "an exit code of the manual");
    if (ended.code != 0 && ended.output.empty()) expect(!ended.messages.empty(), "an explanation");
    const bool json = std::ranges::find(arguments, "json") != arguments.end() && ended.output.starts_with('{');
    if (json && ended.code == 0) expect(nlohmann::json::accept(ended.output), "JSON");
    return 0;
}
