// SPDX-License-Identifier: Apache-2.0
// Two processes train and save in a loop until both are killed at a random moment: what they wrote to is whole each time.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <sys/mman.h>
#include <thread>

#include "../capi/support.hpp"
#include "../unit/child_process.hpp"

using namespace capi_test;
using mml_test::ChildProcess;
namespace fs = std::filesystem;

namespace {

int moments() {
    const char* const wanted = std::getenv("MOODLEML_FAULTS");
    return wanted != nullptr && std::string(wanted) == "all" ? 200 : 40;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Config tiny_config() {
    return config_of({{"networks", "0"}, {"trees", "2"}, {"folds", "2"}, {"threads", "1"}, {"lock_timeout", "60"}});
}

using Clock = std::chrono::steady_clock;

// Rounds that the processes have ended, in memory that they share.
class Rounds {
public:
    Rounds() {
        void* const shared =
            ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(shared != MAP_FAILED);
        ended_ = new (shared) std::atomic<int>(0);
    }
    Rounds(const Rounds&) = delete;
    Rounds& operator=(const Rounds&) = delete;
    ~Rounds() { ::munmap(ended_, sizeof(std::atomic<int>)); }

    void end_one() { ++*ended_; }
    void wait_for(int more) {
        const int wanted = *ended_ + more;
        const Clock::time_point deadline = Clock::now() + std::chrono::minutes(1);
        while (*ended_ < wanted && Clock::now() < deadline) std::this_thread::sleep_for(std::chrono::microseconds(100));
    }

private:
    std::atomic<int>* ended_;
};

// Both do one round after the other until a random moment after the first few, however busy the machine is.
template <typename Round>
void kill_two(std::mt19937& generator, Clock::duration length, Round round) {
    Rounds rounds;
    const auto work = [&](int process) {
        while (round(process) == MML_OK) rounds.end_one();
        return 1;
    };
    ChildProcess first([&] { return work(0); });
    ChildProcess second([&] { return work(1); });
    rounds.wait_for(static_cast<int>(generator() % 3));
    std::this_thread::sleep_for(length * (generator() % 2000) / 1000);
    first.end();
    second.end();
}

template <typename Work>
Clock::duration time_of(Work work) {
    const Clock::time_point start = Clock::now();
    work();
    return Clock::now() - start;
}

std::size_t temporaries_in(const std::string& directory) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        count += entry.path().extension() == ".new" ? 1 : 0;
    return count;
}

// How many samples a model knows, and whether they are its own and not those of a model before it.
std::int64_t samples_of(const std::string& path) {
    const auto model = made<Model>([&](mml_model** out) { return mml_model_load(out, path.c_str()); });
    const std::string json = mml_model_json(model.get());
    CHECK(json.find("\"prior\":{") == std::string::npos);
    const std::string field = "\"samples\":{\"count\":";
    return std::stoll(json.substr(json.find(field) + field.size()));
}

mml_status train(const std::string& directory, const std::string& file, const mml_config* config) {
    mml_answer* answer = nullptr;
    const mml_status status = mml_moodle_train(&answer, directory.c_str(), file.c_str(), config, nullptr, nullptr);
    const bool good = status == MML_OK && mml_answer_status(answer) == 0;
    mml_answer_free(answer);
    return good || status != MML_OK ? status : static_cast<mml_status>(MML_INTERNAL);
}

}  // namespace

TEST_CASE("a model file is one of the versions written, whole, whenever its writers are killed") {
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    const Config config = tiny_config();
    Model versions[2];
    std::set<std::string> written;
    for (const int classes : {2, 3}) {
        const auto dataset = classes_to_learn(200, 3, classes);
        versions[classes - 2] = trained(dataset.get(), config.get());
        written.insert(model_bytes(versions[classes - 2].get()));
    }
    const auto round = time_of([&] { succeed(mml_model_save(versions[0].get(), path.c_str())); });
    std::mt19937 generator(1);
    for (int moment = 0; moment < moments(); ++moment) {
        CAPTURE(moment);
        kill_two(generator, round, [&](int process) { return mml_model_save(versions[process].get(), path.c_str()); });
        CHECK(written.contains(bytes_of(path)));
        CHECK(made<Model>([&](mml_model** out) { return mml_model_load(out, path.c_str()); }) != nullptr);
    }
    CHECK(temporaries_in(directory / "") <= static_cast<std::size_t>(2 * moments()));
}

TEST_CASE("a model directory loses nothing whenever its writers are killed, and is tidied by the next training") {
    const TemporaryDirectory folder;
    const std::string directory = folder / "directory";
    const std::string file = folder / "samples.csv";
    write_text(file, moodle_file(60, true));
    const Config config = tiny_config();
    const auto round = time_of([&] { succeed(train(directory, file, config.get())); });
    const std::string path = directory + "/classifier/model.mml";
    std::int64_t known = samples_of(path);
    std::mt19937 generator(2);
    for (int moment = 0; moment < moments(); ++moment) {
        CAPTURE(moment);
        kill_two(generator, round, [&](int) { return train(directory, file, config.get()); });
        const std::int64_t now = samples_of(path);
        CHECK(now >= known);
        CHECK(now % 60 == 0);
        known = now;
    }
    const std::int64_t trainings = known / 60;
    MESSAGE(trainings, " trainings in ", moments(), " lives of two processes");
    CHECK(trainings > moments() / 2);
    succeed(train(directory, file, config.get()));
    CHECK(samples_of(path) == known + 60);
    CHECK(temporaries_in(directory) == 0);
    CHECK(std::distance(fs::directory_iterator(directory + "/classifier"), fs::directory_iterator()) == 3);
}
