// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>

#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "moodle/event_file.hpp"
#include "moodle/run_log.hpp"

using mml::RunKind;
using mml::RunLog;
using mml_test::TemporaryDirectory;

namespace {

constexpr std::uint64_t log_limit = 1U << 20U;

std::string without_first_line(const std::string& text) { return text.substr(text.find('\n') + 1); }

}  // namespace

TEST_CASE("a run's lines and curves are written to a directory of its own") {
    const TemporaryDirectory place;
    RunLog log(RunKind::evaluation);
    log.line("one");
    log.line("two\nwith \x1B[31mcontrol\x7F and \xFF");
    log.curves("iteration-1", {{"network 1/x", {0.5, std::nan("")}, {0.75}}, {"linear", {}, {}}});
    const RunLog::Saved run = log.save(place.file("some/logs"), 0640);

    CHECK(run.id == log.started());
    CHECK(run.path == place.file("some/logs/") + mml::number_text(run.id));
    const std::string lines = mml::read_file(run.path + "/info.log", log_limit);
    CHECK(lines.starts_with("evaluation started at 20"));
    CHECK(without_first_line(lines) == "one\ntwo with  [31mcontrol  and \xEF\xBF\xBD\n");

    const std::string events =
        mml::concat(run.path, "/tensor/iteration-1/network-1-x/events.out.tfevents.", run.id / 1000, ".moodleml");
    const std::vector<mml::Scalar> scalars{{"loss/training", 1, 0.5F}, {"loss/validation", 1, 0.75F}};
    CHECK(mml::read_file(events, log_limit) == mml::event_file_bytes(static_cast<double>(run.id) / 1000, scalars));
    CHECK_FALSE(mml::exists(run.path + "/tensor/iteration-1/linear"));

    CHECK(mml_test::permissions_of(run.path) == 0750);
    CHECK(mml_test::permissions_of(run.path + "/tensor/iteration-1/network-1-x") == 0750);
    CHECK(mml_test::permissions_of(run.path + "/info.log") == 0640);
    CHECK(mml_test::permissions_of(events) == 0640);
}

TEST_CASE("two runs of one millisecond get different numbers") {
    const TemporaryDirectory place;
    const RunLog log(RunKind::training);
    const RunLog::Saved first = log.save(place.path(), 0600);
    const RunLog::Saved second = log.save(place.path(), 0600);
    CHECK(first.id == log.started());
    CHECK(second.id == first.id + 1);
    CHECK(place.entries() == 2);
}

TEST_CASE("a run's number is the time in milliseconds") {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::int64_t started = RunLog(RunKind::training).started();
    CHECK(started >= milliseconds);
    CHECK(started < milliseconds + 60000);
}

TEST_CASE("a log that cannot be written is an error that names the place") {
    const TemporaryDirectory place;
    mml::replace_file(place.file("taken"), "", 0600);
    const std::string message = mml_test::message_of([&] { RunLog(RunKind::training).save(place.file("taken"), 0600); });
    CHECK(message.find(place.file("taken")) != std::string::npos);
}

TEST_CASE("folders of runs that were killed before they wrote anything are removed after a minute") {
    const TemporaryDirectory place;
    const std::int64_t now = RunLog(RunKind::training).started();
    const std::string just_made = mml::number_text(now);
    mml::make_directories(place.file(just_made), 0600);
    mml::make_directories(place.file(mml::number_text(now - 61000)), 0600);
    mml::make_directories(place.file(mml::number_text(now - 62000)), 0600);
    mml::replace_file(place.file(mml::number_text(now - 62000) + "/info.log"), "", 0600);
    mml::remove_old_training_logs(place.path(), 5);
    CHECK(place.entries() == 1);
    CHECK(mml::exists(place.file(just_made)));
}

TEST_CASE("logs that are no regular files are refused, and waited for by nobody") {
    const TemporaryDirectory place;
    const std::string run = place.file(mml::number_text(RunLog(RunKind::training).started() - 61000));
    mml::make_directories(run, 0600);
    const std::string log = run + "/info.log";
    const auto message = [&] { return mml_test::message_of([&] { mml::remove_old_training_logs(place.path(), 0); }); };
    REQUIRE(::mkfifo(log.c_str(), 0600) == 0);
    CHECK(message() == "cannot read \"" + log + "\": it is not a regular file; put one in its place");
    mml::remove_file(log);
    mml::make_directories(log, 0600);
    CHECK(message() == "cannot read \"" + log + "\": Is a directory");
    CHECK(place.entries() == 1);
}

TEST_CASE("only the oldest trainings are removed, never an evaluation or anything else") {
    const TemporaryDirectory place;
    const std::int64_t first = RunLog(RunKind::training).save(place.path(), 0600).id;
    const std::int64_t evaluation = RunLog(RunKind::evaluation).save(place.path(), 0600).id;
    const std::int64_t second = RunLog(RunKind::training).save(place.path(), 0600).id;
    mml::make_directories(place.file("1"), 0600);  // a number, but no log of ours
    mml::make_directories(place.file("other"), 0600);
    mml::replace_file(place.file("other/info.log"), "training", 0600);

    mml::remove_old_training_logs(place.path(), 2);
    CHECK(place.entries() == 5);
    mml::remove_old_training_logs(place.path(), 1);
    CHECK_FALSE(mml::exists(place.file(mml::number_text(first))));
    CHECK(mml::exists(place.file(mml::number_text(second))));
    CHECK(mml::exists(place.file(mml::number_text(evaluation))));
    mml::remove_old_training_logs(place.path(), 0);
    CHECK(place.entries() == 3);
    mml::remove_old_training_logs(place.file("nowhere"), 0);
}
