// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <doctest/doctest.h>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <thread>

#include "../child_process.hpp"
#include "moodle_files.hpp"

using namespace mml_test;

namespace {

int train_on(const MoodleSite& site, const std::string& name, int first, int last) {
    const std::string file = site.file(name, labelled_rows("ab", first, last));
    return mml::moodle_train(site.model_directory(), file, site.config, {}).status;
}

}  // namespace

TEST_CASE("two threads that train on one directory at once both count, and predictions are answered all the while") {
    const MoodleSite site;
    REQUIRE(train_on(site, "first.csv", 0, 20) == 0);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    int statuses[2] = {-1, -1};
    {
        std::jthread one([&] {
            for (int part = 0; part < 3; ++part) statuses[0] = train_on(site, "one.csv", 20 + 10 * part, 30 + 10 * part);
        });
        std::jthread two([&] {
            for (int part = 0; part < 3; ++part) statuses[1] = train_on(site, "two.csv", 60 + 10 * part, 70 + 10 * part);
        });
        std::jthread reader([&] {
            while (!done) wrong += site.classes_of(100, 104) == "0101" ? 0 : 1;
        });
        one.join();
        two.join();
        done = true;
    }
    CHECK(statuses[0] == 0);
    CHECK(statuses[1] == 0);
    CHECK(wrong == 0);
    CHECK(kept_samples(site, 7).count() == 80);
}

TEST_CASE("two processes that train on one directory at once both count") {
    const MoodleSite site;
    ChildProcess one([&] { return train_on(site, "one.csv", 0, 20); });
    ChildProcess two([&] { return train_on(site, "two.csv", 20, 50); });
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    CHECK(kept_samples(site, 2).count() == 50);
}

// A limit on the size of files stands for a full disk. The limits between the two files' sizes stop the writing of the model
// after that of the samples.
TEST_CASE("what fails while saving leaves the directory as it was") {
    const MoodleSite site;
    REQUIRE(train_on(site, "first.csv", 0, 20) == 0);
    const std::string model = site.bytes_of("model.mml");
    const std::string samples = site.bytes_of("samples-1.mml");
    const std::string file = site.file("more.csv", labelled_rows("ab", 20, 40));
    for (rlim_t limit = 64; limit < model.size(); limit += model.size() / 8) {
        CAPTURE(limit);
        ChildProcess training([&] {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit most{limit, limit};
            if (::setrlimit(RLIMIT_FSIZE, &most) != 0) return 50;
            return mml::moodle_train(site.model_directory(), file, site.config, {}).status;
        });
        CHECK(training.wait() == 1);
        CHECK(site.bytes_of("model.mml") == model);
        CHECK(site.bytes_of("samples-1.mml") == samples);
        CHECK_FALSE(mml::exists(site.classifier("samples-2.mml")));
        CHECK(std::distance(std::filesystem::directory_iterator(site.classifier("")), {}) == 2);
    }
    CHECK(mml::moodle_train(site.model_directory(), file, site.config, {}).status == 0);
    CHECK(kept_samples(site, 2).count() == 40);
}
