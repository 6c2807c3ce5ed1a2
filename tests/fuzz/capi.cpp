// SPDX-License-Identifier: Apache-2.0
// Sequences of calls of the C interface on handles that earlier calls have made: every status and every output is as the
// header promises, and the sanitizers see the rest.
#include <utility>

#include "capi_session.hpp"

using mml_fuzz::expect;

namespace mml_fuzz {

namespace {

// Every option that makes trainings long is kept short.
void set_options(mml_config* config, Draw& draw) {
    struct Choice {
        const char* name;
        std::array<const char*, 4> values;
    };
    static constexpr Choice choices[] = {{"trees", {"0", "2", "x", "-1"}},
                                         {"networks", {"0", "1", "1", ""}},
                                         {"linear", {"true", "false", "no", "maybe"}},
                                         {"threads", {"1", "2", "1", "257"}},
                                         {"folds", {"2", "3", "1", "2"}},
                                         {"iterations", {"1", "2", "0", "2"}},
                                         {"epochs", {"1", "2", "0", "nan"}},
                                         {"resampling", {"random", "stratified", "folds", "grouped"}},
                                         {"format", {"plain", "moodle", "csv", "moodle"}},
                                         {"labelled", {"false", "true", "0", "1"}},
                                         {"task", {"auto", "regression", "classification", ""}},
                                         {"target", {"n0", "y", "", "n1"}},
                                         {"max_rows", {"1", "3", "100", "0"}},
                                         {"memory_limit", {"0", "1", "1000", "-1"}},
                                         {"keep_rows", {"0", "2", "200000", "1"}},
                                         {"file_mode", {"0600", "0640", "0777", "8"}},
                                         {"class_weights", {"balanced", "none", "x", "none"}},
                                         {"calibration", {"isotonic", "none", "temperature", "auto"}},
                                         {"pool", {"probability", "log_odds", "auto", "x"}},
                                         {"test_share", {"0.5", "0.01", "0.99", "1"}},
                                         {"keep_runs", {"0", "1", "20", "x"}},
                                         {"reasons", {"1", "2", "1000", "0"}},
                                         {"treees", {"0", "", "1", "2"}}};
    const Choice& choice = draw.any_of(choices);
    const mml_status status = mml_config_set(config, choice.name, draw.any_of(choice.values));
    const mml_status wanted = config == nullptr ? MML_INVALID_ARGUMENT : MML_UNKNOWN_OPTION;
    expect(status == wanted || (status == MML_OK && config != nullptr), "a status of options");
}

void make_short(mml_config* config) {
    for (const auto& [name, value] : {std::pair{"threads", "1"},
                                      {"trees", "2"},
                                      {"networks", "0"},
                                      {"folds", "2"},
                                      {"iterations", "2"},
                                      {"epochs", "1"},
                                      {"hidden_units", "2"},
                                      {"linear_strength", "1"}}) {
        expect(mml_config_set(config, name, value) == MML_OK, "options as they are");
    }
}

// A set of options that is short.
mml_status create_short(mml_config** out) {
    const mml_status status = mml_config_create(out);
    if (status == MML_OK) make_short(*out);
    return status;
}

}  // namespace

Session::Session(Draw& draw) : draw_(draw) {
    place_of_calls().clean();
    expect_status(configs_.make(draw_, create_short));
    const std::string text = Place::labelled_text;
    expect_status(datasets_.make(
        draw_, [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), nullptr); }));
}

void Session::expect_status(mml_status status) {
    expect(status <= MML_OK && status > MML_INTERNAL, std::string("a status: ") + mml_last_error());
    if (status != MML_OK) {
        expect_message(mml_last_error());
        expect(std::strlen(mml_last_error()) < 4096, "a message that is not too long");
    }
}

// Options that are NULL stand for the defaults, which is long for trainings: these get some that are short.
mml_config* Session::options(bool costly) {
    mml_config* config = configs_.any(draw_);
    if (config != nullptr || !costly) return config;
    static mml_config* const brief = [] {
        mml_config* made = nullptr;
        expect(create_short(&made) == MML_OK, "options");
        return made;
    }();
    return brief;
}

// `kind` begins the name, so that no call takes for a file what another made a directory.
std::string Session::path(const char* kind) {
    const std::string names[] = {"a", "b", "a/deeper", "none/at/all"};
    return place_of_calls().file(std::string(kind) + draw_.any_of(names));
}

void Session::config() {
    if (draw_.below(4) > 0) {
        set_options(configs_.any(draw_), draw_);
        return;
    }
    if (draw_.flag()) expect_status(configs_.make(draw_, create_short));
    const char* value = nullptr;
    const mml_config* config = configs_.any(draw_);
    const mml_status status = mml_config_get(config, draw_.flag() ? "trees" : draw_.text(8).c_str(), &value);
    expect((status == MML_OK) == (value != nullptr), "a value where there is one");
}

void Session::dataset_from_text() {
    const char* texts[] = {Place::labelled_text, Place::unlabelled_text, "n0,n1,y\n1,2,a\n3,,b\n", "n0,y\n1,0.5\n2,1.5\n"};
    std::string text = draw_.any_of(texts);
    if (draw_.flag()) text += draw_.text(32);
    expect_status(datasets_.make(
        draw_, [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), options(false)); }));
}

void Session::dataset_from_file() {
    const char* names[] = {"labelled", "unlabelled", "broken", "absent", ""};
    const std::string file = place_of_calls().file(draw_.any_of(names));
    expect_status(
        datasets_.make(draw_, [&](mml_dataset** out) { return mml_dataset_from_csv(out, file.c_str(), options(false)); }));
}

void Session::dataset_from_array() {
    const auto rows = static_cast<std::int64_t>(draw_.below(9));
    const DrawnArray values(draw_, rows, static_cast<std::int64_t>(draw_.below(4)));
    expect_status(datasets_.make(draw_, [&](mml_dataset** out) { return mml_dataset_from_array(out, values.get()); }));
}

void Session::dataset_from_csr() {
    std::vector<float> values(draw_.below(6));
    std::vector<std::int32_t> columns(values.size());
    std::vector<std::int64_t> starts(1 + draw_.below(5));
    for (float& value : values) value = static_cast<float>(draw_.below(3));
    for (std::int32_t& column : columns)
        column = static_cast<std::int32_t>(draw_.below(5)) - (draw_.below(16) == 15 ? 1 : 0);
    for (std::int64_t& start : starts) start = static_cast<std::int64_t>(draw_.below(values.size() + 1));
    if (draw_.below(8) > 0) std::ranges::sort(starts);
    if (draw_.below(8) > 0) starts.front() = 0;
    const auto rows = static_cast<std::int64_t>(starts.size()) - 1;
    const auto width = static_cast<std::int64_t>(draw_.below(6));
    expect_status(datasets_.make(draw_, [&](mml_dataset** out) {
        return mml_dataset_from_csr(out, rows, width, starts.data(), columns.data(), values.data());
    }));
}

void Session::dataset_from_csr_arrays() {
    const auto cells = static_cast<std::int64_t>(draw_.below(4));
    const DrawnArray starts(draw_, static_cast<std::int64_t>(draw_.below(4)), 1);
    const DrawnArray columns(draw_, cells, 1);
    const DrawnArray values(draw_, 1, cells);
    const auto width = static_cast<std::int64_t>(draw_.below(5));
    expect_status(datasets_.make(draw_, [&](mml_dataset** out) {
        return mml_dataset_from_csr_arrays(out, width, starts.get(), columns.get(), values.get());
    }));
}

void Session::dataset_select() {
    const mml_dataset* dataset = datasets_.any(draw_);
    std::vector<std::int64_t> rows(draw_.below(12));
    const std::int64_t count = mml_dataset_rows(dataset);
    for (std::int64_t& row : rows) row = count > 0 && draw_.below(32) > 0 ? drawn_index(draw_, count) % count : -1;
    expect_status(datasets_.make(draw_, [&](mml_dataset** out) {
        return mml_dataset_select(out, dataset, rows.data(), static_cast<std::int64_t>(rows.size()));
    }));
}

void Session::dataset_target() {
    mml_dataset* dataset = datasets_.any(draw_);
    const std::int64_t needed = mml_dataset_rows(dataset);
    const std::int64_t rows = needed + (draw_.below(8) == 7 ? 1 : 0);
    const bool lying = draw_.flag();
    const DrawnArray values(draw_, lying ? 1 : rows, lying ? rows : 1);
    const auto classes = static_cast<std::int32_t>(draw_.below(5));
    const DrawnTexts names(draw_, classes);
    const std::size_t kind = draw_.below(4);
    const mml_status status = kind < 2    ? mml_dataset_set_classes(dataset, values.get(), names.get(), classes)
                              : kind == 2 ? mml_dataset_set_target(dataset, values.get())
                                          : mml_dataset_set_weights(dataset, values.get());
    expect_status(status);
    expect(status != MML_OK || rows == needed, "a value for each row");
}

void Session::dataset_texts() {
    mml_dataset* dataset = datasets_.any(draw_);
    const bool columns = draw_.flag();
    const std::int64_t needed = columns ? mml_dataset_columns(dataset) : mml_dataset_rows(dataset);
    const std::int64_t count = needed + (draw_.below(8) == 7 ? 1 : 0);
    const DrawnTexts texts(draw_, count);
    const mml_status status = columns ? mml_dataset_set_column_names(dataset, texts.get(), count)
                                      : mml_dataset_set_row_ids(dataset, texts.get(), count);
    expect_status(status);
    expect(status != MML_OK || count == needed, "a text for each column or row");
}

void Session::dataset_read() {
    const mml_dataset* dataset = datasets_.any(draw_);
    const std::int64_t rows = mml_dataset_rows(dataset);
    const std::int64_t columns = mml_dataset_columns(dataset);
    std::int64_t index = drawn_index(draw_, columns);
    expect_name(mml_dataset_column_name(dataset, index), index, columns);
    index = drawn_index(draw_, mml_dataset_class_count(dataset));
    const auto short_index = static_cast<std::int32_t>(index);
    expect_name(mml_dataset_class_name(dataset, short_index), short_index, mml_dataset_class_count(dataset));
    index = drawn_index(draw_, rows);
    expect(mml_dataset_row_id(dataset, index) == nullptr || (index >= 0 && index < rows), "ids of rows that are there");
    expect_json(mml_dataset_json(dataset), dataset);
    const auto cells = static_cast<std::size_t>(rows * columns);
    std::vector<float> values(perhaps_fewer(draw_, cells));
    mml_status status = mml_dataset_values(dataset, values.data(), values.size());
    expect_status(status);
    expect(status != MML_OK || values.size() == cells, "no values where the buffer is too small");
    std::vector<double> target(perhaps_fewer(draw_, static_cast<std::size_t>(rows)));
    status = mml_dataset_target(dataset, target.data(), target.size());
    expect_status(status);
    expect(status != MML_OK || target.size() == static_cast<std::size_t>(rows), "no target where the buffer is too small");
}

}  // namespace mml_fuzz
