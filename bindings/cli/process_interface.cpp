// SPDX-License-Identifier: Apache-2.0
#include "process_interface.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <moodleml/moodleml.hpp>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "failure.hpp"
#include "json_access.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace mml::cli {

namespace {

using Arguments = std::vector<std::string>;

constexpr const char* version_file = "web-compat-version";
constexpr std::size_t most_version_bytes = 100;
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view package = "moodlemlbackend.";

// One module that Moodle calls.
struct Module {
    std::string_view name;
    std::size_t least_arguments;
    const char* expected;
    int (*run)(const Module& module, const Arguments& arguments);
};

int refuse(std::int32_t call, const std::string& message) {
    print(moodleml::moodle::refuse(call, message).json() + "\n");
    return exit_failure;
}

// Library options of the administrator: MOODLEML_OPTIONS="threads=1,time_limit=600".
void set_from_environment(moodleml::Config& config) {
    const char* list = std::getenv("MOODLEML_OPTIONS");
    if (list == nullptr) return;
    try {
        config.set_list(list);
    } catch (const std::runtime_error& error) {
        throw Failure(std::string("environment variable MOODLEML_OPTIONS: ") + error.what());
    }
}

moodleml::Config environment_config() {
    moodleml::Config config = moodleml::Config::defaults();
    set_from_environment(config);
    return config;
}

// Standard error is the host's, so that it is told nothing unless it asks.
Progress::Display wanted_progress() {
    const char* wanted = std::getenv("MOODLEML_PROGRESS");
    return wanted != nullptr && std::string_view(wanted) == "lines" ? Progress::Display::lines : Progress::Display::none;
}

int print_answer(const moodleml::Answer& answer) {
    print(answer.json() + "\n");
    return answer.status();
}

int train(const Arguments& arguments) {
    const moodleml::Config config = environment_config();
    Progress progress(wanted_progress());
    return print_answer(progress.follow([&](const moodleml::Progress& callback) {
        return moodleml::moodle::train(arguments[1], arguments[2], config, callback);
    }));
}

int predict(const Arguments& arguments) {
    const moodleml::Config config = environment_config();
    Progress progress(wanted_progress());
    return print_answer(progress.follow([&](const moodleml::Progress& callback) {
        return moodleml::moodle::predict(arguments[1], arguments[2], config, callback);
    }));
}

int explain(const Arguments& arguments) {
    const moodleml::Config config = environment_config();
    Progress progress(wanted_progress());
    return print_answer(progress.follow([&](const moodleml::Progress& callback) {
        return moodleml::moodle::explain(arguments[1], arguments[2], config, callback);
    }));
}

int evaluate(const Arguments& arguments) {
    moodleml::Config config = environment_config();
    config.set("min_score", arguments[3]).set("max_deviation", arguments[4]).set("iterations", arguments[5]);
    const std::string trained_directory = arguments.size() > 6 ? arguments[6] : "";
    Progress progress(wanted_progress());
    return print_answer(progress.follow([&](const moodleml::Progress& callback) {
        return moodleml::moodle::evaluate(arguments[1], arguments[2], trained_directory, config, callback);
    }));
}

// Export and import answer in words; a refusal's JSON holds the reason.
std::string reasons(const moodleml::Answer& answer) {
    std::string words;
    const Json told = Json::parse(answer.json());
    for (const Json& sentence : field(told, "info")) words += (words.empty() ? "" : " ") + sentence.get<std::string>();
    return words;
}

void require_success(const moodleml::Answer& answer) {
    if (answer.status() != 0) throw Failure(reasons(answer));
}

int export_model(const Arguments& arguments) {
    require_success(moodleml::moodle::export_model(arguments[1], arguments[2], environment_config()));
    print(arguments[2] + "\n");
    return exit_success;
}

int import_model(const Arguments& arguments) {
    require_success(moodleml::moodle::import_model(arguments[1], arguments[2], environment_config()));
    print("Ok\nOk\n");
    return exit_success;
}

// Older versions of Moodle accept other versions only. As for the service, the first line of a file decides: in the working
// directory, or beside the program, for the working directory of a cron run is anybody's guess.
std::string version_from_file() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (const std::filesystem::path& directory : {std::filesystem::path("."), program}) {
        std::ifstream file(directory / version_file);
        std::string line;
        if (file && std::getline(file, line)) return line.substr(0, most_version_bytes);
    }
    return {};
}

int version(const Arguments&) {
    const std::string line = version_from_file();
    const std::size_t first = line.find_first_not_of(blanks);
    const std::size_t last = line.find_last_not_of(blanks);
    print((first == std::string::npos ? moodleml::moodle::interface_version() : line.substr(first, last - first + 1)) +
          "\n");
    return exit_success;
}

// The modules whose answer is JSON, whatever happens.
template <int (*run)(const Arguments&)>
int with_json_answer(const Module& module, const Arguments& arguments) {
    if (arguments.size() < module.least_arguments) return refuse(MML_MOODLE_ARGUMENTS, module.expected);
    constexpr std::int32_t call = run == evaluate ? MML_MOODLE_EVALUATION : MML_MOODLE_CALL;
    try {
        return run(arguments);
    } catch (const Failure& failure) {
        const int status = refuse(call, failure.what());
        return failure.exit_code() > exit_signal_base ? failure.exit_code() : status;
    } catch (const std::exception& error) {
        return refuse(call, error.what());
    }
}

// Export and import, which tell what went wrong on standard error.
template <int (*run)(const Arguments&)>
int with_message(const Module& module, const Arguments& arguments) {
    if (arguments.size() < module.least_arguments)
        throw Failure(reasons(moodleml::moodle::refuse(MML_MOODLE_ARGUMENTS, module.expected)));
    return run(arguments);
}

constexpr std::array<Module, 7> modules = {{
    {"version", 0, "", with_message<version>},
    {"training", 3, "model id, directory, data set file", with_json_answer<train>},
    {"prediction", 3, "model id, directory, data set file", with_json_answer<predict>},
    {"explanation", 3, "model id, directory, data set file", with_json_answer<explain>},
    {"evaluation", 6,
     "model id, directory, data set file, minimum score, accepted deviation, number of iterations, and optionally the "
     "directory of a trained model",
     with_json_answer<evaluate>},
    {"export", 3, "model id, directory, export directory", with_message<export_model>},
    {"import", 3, "model id, directory, import directory", with_message<import_model>},
}};

}  // namespace

std::optional<ProcessRequest> process_request(const std::vector<std::string>& arguments) {
    constexpr std::array<std::string_view, 8> flags = {"-u", "-B", "-E", "-I", "-O", "-s", "-S", "-q"};
    std::size_t i = 0;
    while (i < arguments.size() && arguments[i] != "-m") {
        const bool takes_value = arguments[i] == "-W" || arguments[i] == "-X";
        if (!takes_value && std::ranges::find(flags, arguments[i]) == flags.end()) return std::nullopt;
        i += takes_value ? 2 : 1;
    }
    if (i >= arguments.size()) return std::nullopt;
    const auto rest = arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (rest == arguments.end()) return ProcessRequest{};
    return ProcessRequest{*rest, {rest + 1, arguments.end()}};
}

int answer(const ProcessRequest& request) {
    for (const Module& module : modules) {
        if (request.module == std::string(package) + std::string(module.name)) return module.run(module, request.arguments);
    }
    throw Failure("there is no module \"" + request.module +
                  "\": give moodlemlbackend.version, training, prediction, explanation, evaluation, export or import");
}

}  // namespace mml::cli
