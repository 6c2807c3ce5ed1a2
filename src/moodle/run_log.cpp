// SPDX-License-Identifier: Apache-2.0
#include "moodle/run_log.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "moodle/event_file.hpp"

namespace mml {

namespace {

namespace fs = std::filesystem;

// The first word of info.log, by which remove_old_training_logs() knows a training.
const char* kind_name(RunKind kind) { return kind == RunKind::training ? "training" : "evaluation"; }

std::string two_digits(std::int64_t value) { return concat(value < 10 ? "0" : "", value); }

// As in "2025-11-22 04:10:59 UTC".
std::string time_text(std::int64_t milliseconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds(milliseconds / 1000)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return concat(static_cast<int>(date.year()), "-", two_digits(static_cast<unsigned>(date.month())), "-",
                  two_digits(static_cast<unsigned>(date.day())), " ", two_digits(clock.hours().count()), ":",
                  two_digits(clock.minutes().count()), ":", two_digits(clock.seconds().count()), " UTC");
}

[[noreturn]] void refuse(const char* action, const fs::path& path, const std::string& reason) {
    fail(Status::input_output, concat("cannot ", action, " ", quote(path.string(), 200), ": ", reason));
}

// Logs need not outlive a power cut, so that nothing here waits for the disk, as base/file.hpp would.
void write_file(const fs::path& path, std::string_view bytes, unsigned file_mode) {
    std::ofstream stream(path, std::ios::binary);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream) refuse("write", path, "is the disk full or the directory read-only?");
    std::error_code failed;
    fs::permissions(path, static_cast<fs::perms>(file_mode), failed);
    if (failed) refuse("set the permissions of", path, failed.message());
}

// Like the directory that it lies in, whatever the umask; false where it was there.
bool make_directory_inside(const fs::path& parent, const std::string& name) {
    std::error_code failed;
    const fs::path path = parent / name;
    const bool made = fs::create_directory(path, parent, failed);
    fs::file_status like;
    if (made) like = fs::status(parent, failed);
    if (made && !failed) fs::permissions(path, like.permissions(), failed);
    if (failed) refuse("make the directory", path, failed.message());
    return made;
}

// A name from inside the library as a name of a folder.
std::string folder_name(std::string name) {
    const auto plain = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    };
    std::ranges::replace_if(
        name, [&](char letter) { return !plain(letter); }, '-');
    return name.empty() ? "-" : name;
}

void append_scalars(std::vector<Scalar>& scalars, const char* tag, const std::vector<double>& losses) {
    for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
        if (!std::isfinite(losses[epoch])) continue;
        scalars.push_back({tag, static_cast<std::int64_t>(epoch) + 1, static_cast<float>(losses[epoch])});
    }
}

std::vector<Scalar> scalars_of(const LearningCurve& curve) {
    std::vector<Scalar> scalars;
    append_scalars(scalars, "loss/training", curve.training_loss);
    append_scalars(scalars, "loss/validation", curve.validation_loss);
    return scalars;
}

// Empty where there is no log.
std::string beginning_of_log(const std::string& run) {
    constexpr std::size_t longest_kind_name = 16;
    const std::string path = run + "/info.log";
    return exists(path) ? read_beginning(path, longest_kind_name) : std::string();
}

// What a process leaves that is killed before the first byte of its log is written. One that lives needs milliseconds for
// that.
bool is_abandoned(std::int64_t run) {
    constexpr std::int64_t earliest = 1000000000000;  // of 2001: a smaller number is no time of a run
    constexpr std::int64_t patience = 60000;
    return run >= earliest && run < milliseconds_since_1970() - patience;
}

std::vector<std::int64_t> tidied_training_runs(const std::string& logs) {
    std::vector<std::int64_t> runs;
    for (const std::string& name : names_in(logs)) {
        long long run = 0;
        if (!parse_integer(name, &run)) continue;
        const std::string path = concat(logs, "/", name);
        const std::string beginning = beginning_of_log(path);
        if (beginning.starts_with(kind_name(RunKind::training))) runs.push_back(run);
        if (beginning.empty() && is_abandoned(run)) remove_tree(path);
    }
    return runs;
}

}  // namespace

std::int64_t milliseconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

RunLog::RunLog(RunKind kind) : started_(milliseconds_since_1970()) {
    line(concat(kind_name(kind), " started at ", time_text(started_)));
}

void RunLog::line(std::string_view text) {
    std::string shown = valid_utf8(text);
    std::ranges::replace_if(
        shown, [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; }, ' ');
    lines_ += shown + "\n";
}

void RunLog::curves(const std::string& folder, const std::vector<LearningCurve>& curves) {
    const double wall_time = static_cast<double>(started_) / 1000;
    for (const LearningCurve& curve : curves) {
        const std::vector<Scalar> scalars = scalars_of(curve);
        if (scalars.empty()) continue;
        std::vector<std::string> folders;
        if (!folder.empty()) folders.push_back(folder);
        folders.push_back(folder_name(curve.member));
        tensor_files_.push_back({std::move(folders), event_file_bytes(wall_time, scalars)});
    }
}

RunLog::Saved RunLog::make_directory(const std::string& logs, unsigned file_mode) const {
    make_directories(logs, file_mode);
    std::int64_t id = started_;
    while (!make_directory_inside(logs, number_text(id))) ++id;
    return {id, concat(logs, "/", id)};
}

RunLog::Saved RunLog::save(const std::string& logs, unsigned file_mode) const {
    Saved saved = make_directory(logs, file_mode);
    write_file(fs::path(saved.path) / "info.log", lines_, file_mode);
    for (const auto& [name, bytes] : files_) write_file(fs::path(saved.path) / name, bytes, file_mode);
    make_directory_inside(saved.path, "tensor");
    for (const TensorFile& file : tensor_files_) {
        fs::path directory = fs::path(saved.path) / "tensor";
        for (const std::string& name : file.folders) {
            make_directory_inside(directory, name);
            directory /= name;
        }
        write_file(directory / concat("events.out.tfevents.", started_ / 1000, ".moodleml"), file.bytes, file_mode);
    }
    return saved;
}

void remove_old_training_logs(const std::string& logs, std::int64_t keep) {
    std::vector<std::int64_t> runs = tidied_training_runs(logs);
    std::ranges::sort(runs, std::greater<>());
    for (auto run = as_size(keep); run < runs.size(); ++run) remove_tree(concat(logs, "/", runs[run]));
}

}  // namespace mml
