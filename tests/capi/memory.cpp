// SPDX-License-Identifier: Apache-2.0
// A program of its own, because it replaces operator new for itself and the library: from a given allocation on all fail,
// for each allocation that a call makes in turn. The call must then answer MML_OUT_OF_MEMORY and leave its outputs.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>

#include "support.hpp"

using namespace capi_test;

namespace {

constexpr std::int64_t never = INT64_MAX;
std::atomic<std::int64_t> allocations_left{never};

bool fails_now() { return allocations_left.load() != never && allocations_left.fetch_sub(1) <= 0; }

void* try_to_allocate(std::size_t size, std::size_t alignment) {
    return fails_now() ? nullptr : std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
}

void* allocate(std::size_t size, std::size_t alignment) {
    void* memory = try_to_allocate(size, alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void* allocate(std::size_t size, std::align_val_t alignment) { return allocate(size, static_cast<std::size_t>(alignment)); }
void* allocate(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return try_to_allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return try_to_allocate(size, alignof(std::max_align_t));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

// Every allocation from the given one on fails, until the call has returned.
mml_status failing_from(std::int64_t allocation, const std::function<mml_status()>& call) {
    allocations_left = allocation;
    const mml_status status = call();
    allocations_left = never;
    return status;
}

// Makes each allocation fail in turn, or with a growing step after the first hundred, until the call succeeds.
void check_each_allocation(const char* what, const std::function<mml_status()>& call) {
    INFO(what);
    std::int64_t failures = 0;
    for (std::int64_t allocation = 0;; allocation += 1 + allocation / 100) {
        const mml_status status = failing_from(allocation, call);
        if (status == MML_OK) break;
        ++failures;
        CHECK(status == MML_OUT_OF_MEMORY);
        CHECK(std::string(mml_last_error()).starts_with("out of memory"));
        REQUIRE(allocation < 100000000);
    }
    CHECK(failures > 0);
}

// A call that makes a handle: *out stays as it was until it succeeds.
template <typename Handle, typename Call>
void check_maker(const char* what, Call call) {
    check_each_allocation(what, [&] {
        typename Handle::pointer out = nullptr;
        const mml_status status = call(&out);
        const Handle handle(out);
        if ((out != nullptr) != (status == MML_OK)) return static_cast<mml_status>(MML_INTERNAL);
        return status;
    });
}

}  // namespace

TEST_CASE("options and data") {
    check_maker<Config>("mml_config_create", [](mml_config** out) { return mml_config_create(out); });
    const std::vector<float> cells(400 * 10, 2.5F);
    const mml_array array = table(cells, 400, 10);
    check_maker<Dataset>("mml_dataset_from_array", [&](mml_dataset** out) { return mml_dataset_from_array(out, &array); });
    std::vector<std::int64_t> starts(401);
    for (std::size_t row = 0; row < starts.size(); ++row) starts[row] = static_cast<std::int64_t>(row);
    const std::vector<std::int32_t> indices(400, 3);
    check_maker<Dataset>("mml_dataset_from_csr", [&](mml_dataset** out) {
        return mml_dataset_from_csr(out, 400, 10, starts.data(), indices.data(), cells.data());
    });
    const std::string text = moodle_file(400, true);
    check_maker<Dataset>("mml_dataset_from_csv_text", [&](mml_dataset** out) {
        return mml_dataset_from_csv_text(out, text.data(), text.size(), nullptr);
    });
    const auto dataset = classes_to_learn(400, 5, 2);
    check_maker<Dataset>("mml_dataset_select",
                         [&](mml_dataset** out) { return mml_dataset_select(out, dataset.get(), starts.data(), 399); });
}

TEST_CASE("what is set on a data set is set whole or not at all") {
    constexpr std::size_t rows = 300;
    const auto dataset = dataset_of(std::vector<float>(rows * 40), rows, 40);
    set_classes(dataset.get(), std::vector<std::int32_t>(rows, 0), {"before", "other"});
    const std::vector<std::int32_t> indices(rows, 1);
    const mml_array array = column(indices);
    const char* names[] = {"after", "other"};
    check_each_allocation("mml_dataset_set_classes", [&] {
        const mml_status status = mml_dataset_set_classes(dataset.get(), &array, names, 2);
        const bool is_set = mml_dataset_class_name(dataset.get(), 0)[0] == 'a';
        const bool is_described = std::string_view(mml_dataset_json(dataset.get())).find("after") != std::string_view::npos;
        return is_set == (status == MML_OK) && is_described == is_set ? status : MML_INTERNAL;
    });
    const std::vector<const char*> ids(rows, "id");
    check_each_allocation("mml_dataset_set_row_ids", [&] {
        const mml_status status = mml_dataset_set_row_ids(dataset.get(), ids.data(), rows);
        return (mml_dataset_row_id(dataset.get(), 0) != nullptr) == (status == MML_OK) ? status : MML_INTERNAL;
    });
    std::vector<std::string> numbers;
    std::vector<const char*> column_names;
    for (int i = 0; i < 40; ++i) numbers.push_back("n" + std::to_string(i));
    for (const std::string& number : numbers) column_names.push_back(number.c_str());
    check_each_allocation("mml_dataset_set_column_names", [&] {
        const mml_status status = mml_dataset_set_column_names(dataset.get(), column_names.data(), 40);
        return (mml_dataset_column_name(dataset.get(), 0)[0] == 'n') == (status == MML_OK) ? status : MML_INTERNAL;
    });
    const std::vector<double> values(rows, 1.5);
    const mml_array target = column(values);
    check_each_allocation("mml_dataset_set_weights", [&] { return mml_dataset_set_weights(dataset.get(), &target); });
    check_each_allocation("mml_dataset_set_target", [&] { return mml_dataset_set_target(dataset.get(), &target); });
}

TEST_CASE("training, predicting, rating and storing") {
    const auto dataset = classes_to_learn(300, 5, 2);
    const Config config = config_of(
        {{"networks", "1"}, {"trees", "2"}, {"folds", "2"}, {"epochs", "1"}, {"hidden_units", "8"}, {"threads", "1"}});
    check_maker<Model>("mml_train", [&](mml_model** out) {
        return mml_train(out, dataset.get(), config.get(), nullptr, nullptr, nullptr);
    });
    const Model model = trained(dataset.get(), config.get());
    std::vector<float> scores(600, 7);
    check_each_allocation("mml_predict", [&] {
        const mml_status status = mml_predict(model.get(), dataset.get(), config.get(), scores.data(), scores.size());
        return (scores[0] == 7) == (status != MML_OK) ? status : MML_INTERNAL;
    });
    const std::string bytes = model_bytes(model.get());
    check_maker<Model>("mml_model_load_bytes",
                       [&](mml_model** out) { return mml_model_load_bytes(out, bytes.data(), bytes.size()); });
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    check_each_allocation("mml_model_save", [&] { return mml_model_save(model.get(), path.c_str()); });
    check_maker<Report>("mml_evaluate", [&](mml_report** out) {
        return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr);
    });
}

TEST_CASE("a message is there though no memory is, not even for the message of another error") {
    mml_config* out = nullptr;
    CHECK(failing_from(0, [&] { return mml_config_create(&out); }) == MML_OUT_OF_MEMORY);
    CHECK(failing_from(0, [] { return mml_model_load(nullptr, "a name that no short string has room for"); }) ==
          MML_OUT_OF_MEMORY);
    CHECK(std::string(mml_last_error()).starts_with("out of memory"));
    CHECK(out == nullptr);
}
