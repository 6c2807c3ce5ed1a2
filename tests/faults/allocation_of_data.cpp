// SPDX-License-Identifier: Apache-2.0
// Options and data sets, where memory runs out.
#include "allocations.hpp"
#include "failing_memory.hpp"
#include "moodleml/arrow.h"

using namespace capi_test;
using faults::Call;
using faults::check_failing_allocations;
using faults::check_maker;
using faults::FailingMemory;

namespace {

constexpr std::size_t sample_count = 60;

std::string described(const mml_dataset* dataset) {
    std::vector<float> values(static_cast<std::size_t>(mml_dataset_rows(dataset) * mml_dataset_columns(dataset)));
    succeed(mml_dataset_values(dataset, values.data(), values.size()));
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return mml_dataset_json(dataset) + std::to_string(sum);
}

// What a setter did to a data set that had been given something else before.
void check_setter(const std::string& function, mml_dataset* dataset, const std::function<mml_status()>& reset,
                  const std::function<mml_status()>& set, const std::function<std::string()>& state) {
    succeed(reset());
    const std::string before = state();
    check_failing_allocations({function, set, state, [] {}, [&] { succeed(reset()); }, [&] { CHECK(state() == before); }});
    CHECK(mml_dataset_rows(dataset) == sample_count);
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    return pointers;
}

std::vector<std::string> numbered(const std::string& name, std::size_t count) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(name + " that is no short text " + std::to_string(i));
    return texts;
}

struct Rows {
    std::vector<std::int64_t> starts;
    std::vector<std::int32_t> indices = std::vector<std::int32_t>(sample_count, 3);
    std::vector<float> cells = std::vector<float>(sample_count, 2.5F);

    Rows() {
        for (std::size_t row = 0; row <= sample_count; ++row) starts.push_back(static_cast<std::int64_t>(row));
    }
};

}  // namespace

TEST_CASE("options") {
    check_maker<Config>(
        "mml_config_create", [](mml_config** out) { return mml_config_create(out); },
        [](mml_config* config) {
            const char* value = nullptr;
            succeed(mml_config_get(config, "seed", &value));
            return std::string(value);
        });
    const Config config = config_of({{"target", "the column before"}});
    const char* value = nullptr;
    const auto get = [&] { return mml_config_get(config.get(), "target", &value); };
    const auto state = [&] {
        succeed(get());
        return std::string(value);
    };
    const auto set = [&](const char* text) { return mml_config_set(config.get(), "target", text); };
    check_failing_allocations({"mml_config_set", [&] { return set("the column after, which is longer"); }, state, [] {},
                               [&] { succeed(set("the column before")); }, [&] { CHECK(state() == "the column before"); }});
    const auto reduce = [](void*, size_t, mml_data_type, mml_operation, void*) { return int32_t{0}; };
    const auto set_ranks = [&] { return mml_config_set_ranks(config.get(), 0, 2, reduce, nullptr); };
    check_failing_allocations({"mml_config_set_ranks", set_ranks, state});
    const auto set_list = [&](const char* text) { return mml_config_set_list(config.get(), text); };
    check_failing_allocations({"mml_config_set_list",
                               [&] { return set_list("seed=1,target=the column after which is longer"); }, state, [] {},
                               [&] { succeed(set("the column before")); }, [&] { CHECK(state() == "the column before"); }});
    check_failing_allocations({"mml_config_get", get, [&] { return std::string(value); }});
}

TEST_CASE("data sets from arrays and sparse rows") {
    const std::vector<float> cells(sample_count * 4, 2.5F);
    const mml_array array = table(cells, sample_count, 4);
    check_maker<Dataset>(
        "mml_dataset_from_array", [&](mml_dataset** out) { return mml_dataset_from_array(out, &array); }, described);
    const Rows rows;
    check_maker<Dataset>(
        "mml_dataset_from_csr",
        [&](mml_dataset** out) {
            return mml_dataset_from_csr(out, sample_count, 4, rows.starts.data(), rows.indices.data(), rows.cells.data());
        },
        described);
    const mml_array parts[] = {column(rows.starts), column(rows.indices), column(rows.cells)};
    check_maker<Dataset>(
        "mml_dataset_from_csr_arrays",
        [&](mml_dataset** out) { return mml_dataset_from_csr_arrays(out, 4, &parts[0], &parts[1], &parts[2]); }, described);
    const auto dataset = classes_to_learn(sample_count, 5, 2);
    check_maker<Dataset>(
        "mml_dataset_select",
        [&](mml_dataset** out) { return mml_dataset_select(out, dataset.get(), rows.starts.data(), sample_count - 1); },
        described);
}

TEST_CASE("data sets from CSV") {
    const TemporaryDirectory directory;
    const std::string path = directory / "samples.csv";
    const std::string text = moodle_file(sample_count, true);
    write_text(path, text);
    check_maker<Dataset>(
        "mml_dataset_from_csv", [&](mml_dataset** out) { return mml_dataset_from_csv(out, path.c_str(), nullptr); },
        described);
    check_maker<Dataset>(
        "mml_dataset_from_csv_text",
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), nullptr); }, described);
    const Config plain = config_of({{"format", "plain"}, {"target", "c"}});
    const std::string table_text = "a,b,\"c\"\n1,2,\"a class that is no short text\"\n3,,other\n";
    check_maker<Dataset>(
        "mml_dataset_from_csv_text",
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, table_text.data(), table_text.size(), plain.get()); },
        described);
}

TEST_CASE("data sets from CSV for a model") {
    const TemporaryDirectory directory;
    const std::string path = directory / "table.csv";
    write_text(path, "x0,x1,a word\n1,2,some text that is no short one\n3,,other\n");
    const auto dataset = classes_to_learn(40, 2, 2);
    const Config config = quick_config();
    const auto model =
        made<Model>([&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), nullptr, nullptr, nullptr); });
    const Config plain = config_of({{"format", "plain"}, {"labelled", "false"}});
    check_maker<Dataset>(
        "mml_dataset_from_csv_for",
        [&](mml_dataset** out) { return mml_dataset_from_csv_for(out, path.c_str(), model.get(), plain.get()); }, described);
}

// An Arrow stream of one column and one batch.
struct OneColumn {
    ArrowSchema column{"g", "a column that has a long name", nullptr, 0, 0, nullptr, nullptr, nullptr, nullptr};
    ArrowSchema* columns[1] = {&column};
    double cells[3] = {1, 2, 3};
    const void* buffers[2] = {nullptr, cells};
    ArrowArray array{3, 0, 0, 2, 0, buffers, nullptr, nullptr, nullptr, nullptr};
    ArrowArray* arrays[1] = {&array};
    bool given = false;

    ArrowArrayStream stream() {
        given = false;
        return {[](ArrowArrayStream* stream, ArrowSchema* out) {
                    auto* own = static_cast<OneColumn*>(stream->private_data);
                    *out = {"+s",   "",           nullptr, 0,
                            1,      own->columns, nullptr, [](ArrowSchema* schema) { schema->release = nullptr; },
                            nullptr};
                    return 0;
                },
                [](ArrowArrayStream* stream, ArrowArray* out) {
                    auto* own = static_cast<OneColumn*>(stream->private_data);
                    *out = {};
                    if (own->given) return 0;
                    own->given = true;
                    *out = {3,           0,       0,
                            0,           1,       nullptr,
                            own->arrays, nullptr, [](ArrowArray* batch) { batch->release = nullptr; },
                            nullptr};
                    return 0;
                },
                nullptr, [](ArrowArrayStream* stream) { stream->release = nullptr; }, this};
    }
};

TEST_CASE("data sets from columns and Arrow streams") {
    const std::vector<double> numbers(sample_count, 1.5);
    const std::vector<std::int32_t> codes(sample_count, 0);
    const char* levels[] = {"a level whose text is no short one"};
    const mml_column columns[] = {{"a number", column(numbers), MML_NUMBER, 0, nullptr},
                                  {"a category", column(codes), MML_CATEGORY, 1, levels}};
    check_maker<Dataset>(
        "mml_dataset_from_columns", [&](mml_dataset** out) { return mml_dataset_from_columns(out, columns, 2); }, described);
    OneColumn source;
    const Config unlabelled = config_of({{"labelled", "false"}});
    check_maker<Dataset>(
        "mml_dataset_from_arrow",
        [&](mml_dataset** out) {
            ArrowArrayStream stream = source.stream();
            return mml_dataset_from_arrow(out, &stream, unlabelled.get());
        },
        described);
}

TEST_CASE("what is set on a data set is set whole or not at all") {
    const auto owner = dataset_of(std::vector<float>(sample_count * 4), sample_count, 4);
    mml_dataset* const dataset = owner.get();
    const auto state = [&] {
        const char* const id = mml_dataset_row_id(dataset, 1);
        return std::string(mml_dataset_json(dataset)) + mml_dataset_column_name(dataset, 1) + (id == nullptr ? "" : id);
    };
    const std::vector<std::int32_t> indices(sample_count, 1);
    const mml_array classes = column(indices);
    const std::vector<std::string> names = numbered("after", 4);
    const std::vector<std::string> others = numbered("before", 4);
    const auto set_names = [&](const std::vector<std::string>& texts, auto set) { return set(pointers_to(texts).data()); };
    const auto set_class_names = [&](const char* const* given) {
        return mml_dataset_set_classes(dataset, &classes, given, 4);
    };
    const std::vector<const char*> after = pointers_to(names);
    check_setter(
        "mml_dataset_set_classes", dataset, [&] { return set_names(others, set_class_names); },
        [&] { return set_class_names(after.data()); }, state);
    const auto set_columns = [&](const char* const* given) { return mml_dataset_set_column_names(dataset, given, 4); };
    check_setter(
        "mml_dataset_set_column_names", dataset, [&] { return set_names(others, set_columns); },
        [&] { return set_columns(after.data()); }, state);
    const std::vector<std::string> ids = numbered("id", sample_count);
    const std::vector<std::string> other_ids = numbered("other", sample_count);
    const std::vector<const char*> given_ids = pointers_to(ids);
    const auto set_ids = [&](const char* const* given) { return mml_dataset_set_row_ids(dataset, given, sample_count); };
    check_setter(
        "mml_dataset_set_row_ids", dataset, [&] { return set_names(other_ids, set_ids); },
        [&] { return set_ids(given_ids.data()); }, state);
    const std::vector<double> values(sample_count, 1.5);
    const mml_array target = column(values);
    check_setter(
        "mml_dataset_set_target", dataset, [&] { return set_names(others, set_class_names); },
        [&] { return mml_dataset_set_target(dataset, &target); }, state);
    check_failing_allocations({"mml_dataset_set_weights", [&] { return mml_dataset_set_weights(dataset, &target); }, state});
    check_failing_allocations({"mml_dataset_set_times", [&] { return mml_dataset_set_times(dataset, &target); }, state});
    const std::vector<std::int32_t> numbers(sample_count, 1);
    const mml_array groups = column(numbers);
    check_failing_allocations(
        {"mml_dataset_set_groups", [&] { return mml_dataset_set_groups(dataset, &groups, after.data(), 2); }, state});
}

TEST_CASE("values and targets go to the caller's memory") {
    const auto dataset = classes_to_learn(sample_count, 5, 2);
    std::vector<float> cells(sample_count * 5);
    std::vector<double> targets(sample_count);
    check_failing_allocations({"mml_dataset_values",
                               [&] { return mml_dataset_values(dataset.get(), cells.data(), cells.size()); },
                               [&] { return std::to_string(cells[7]); }});
    check_failing_allocations({"mml_dataset_target",
                               [&] { return mml_dataset_target(dataset.get(), targets.data(), targets.size()); },
                               [&] { return std::to_string(targets[7]); }});
}
