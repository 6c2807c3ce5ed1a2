// SPDX-License-Identifier: Apache-2.0
#include "data/csv/moodle_metadata.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
// Core puts this between the values of merged files where they differ.
constexpr char merge_mark = '|';

// The row of values with what messages about one of them need.
class Values {
public:
    Values(const CsvSource& source, const CsvRecord& record, const Pairs& pairs)
        : source_(source), record_(record), pairs_(pairs) {}

    /// Trimmed, and without quotes of its own, which some producers add; empty where the name is absent.
    std::string_view find(std::string_view name) const {
        const auto found = std::ranges::find(pairs_, name, &Pairs::value_type::first);
        if (found == pairs_.end()) return {};
        std::string_view value = trimmed(found->second);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    bool has(std::string_view name) const {
        return std::ranges::find(pairs_, name, &Pairs::value_type::first) != pairs_.end();
    }

    [[noreturn]] void refuse(std::string_view name, const std::string& message, Status status = Status::bad_data) const {
        const auto found = std::ranges::find(pairs_, name, &Pairs::value_type::first);
        source_.refuse_cell(record_, found - pairs_.begin(), found->second, concat("is the value of ", name, message),
                            status);
    }
    [[noreturn]] void refuse_absent(std::string_view name) const {
        source_.refuse(concat("row 1 names no ", name,
                              ", which Moodle's files name: the metadata are missing (a file of names and samples only is "
                              "read with option format=plain)"));
    }
    std::int64_t most_columns() const { return source_.most_columns; }

private:
    const CsvSource& source_;
    const CsvRecord& record_;
    const Pairs& pairs_;
};

std::int64_t feature_count(const Values& values) {
    if (!values.has("nfeatures")) values.refuse_absent("nfeatures");
    long long count = 0;
    if (!parse_integer(values.find("nfeatures"), &count) || count < 1)
        values.refuse("nfeatures", ", which is a whole number from 1 on");
    if (count > values.most_columns()) {
        values.refuse("nfeatures",
                      concat(", more than ", values.most_columns(), " columns, the limit set by option max_columns"),
                      Status::limit);
    }
    return count;
}

// The lists of merged files one after the other; the whole text is one where it is a list.
std::optional<Json> parse_lists(std::string_view text) {
    if (std::optional<Json> whole = Json::parse(text); whole && whole->is_array()) return whole;
    Json elements = Json::array();
    while (true) {
        const std::size_t mark = std::min(text.find(merge_mark), text.size());
        const std::optional<Json> list = Json::parse(text.substr(0, mark));
        if (!list || !list->is_array()) return std::nullopt;
        for (const Json& element : *list) elements.push_back(element);
        if (mark == text.size()) return elements;
        text.remove_prefix(mark + 1);
    }
}

// Where two numbers are one class; texts are compared as they are.
std::string identity_of(const std::string& name) {
    double value = 0;
    return parse_decimal(name, value) == NumberForm::finite ? number_text(value + 0.0) : name;
}

std::vector<std::string> class_names(const Values& values) {
    const bool merged = values.find("targetclasses").find(std::string("]") + merge_mark) != std::string_view::npos;
    const auto elements = parse_lists(values.find("targetclasses"));
    if (!elements || elements->empty()) values.refuse("targetclasses", R"(, which is a JSON list such as "[0,1]")");
    std::vector<std::string> names;
    std::set<std::string> identities;
    for (const Json& element : *elements) {
        if (!element.is_number() && !element.is_string())
            values.refuse("targetclasses", ": its elements must be numbers or texts");
        const std::string name = element.is_string() ? element.get<std::string>() : element.dump();
        const bool is_new = identities.insert(identity_of(name)).second;
        if (!is_new && !merged)
            values.refuse("targetclasses", concat(": the class ", mml::quote(name), " occurs in it twice"));
        if (is_new) names.push_back(name);
    }
    return names;
}

// Of an unlabelled file nothing is refused over what its predictions do without.
std::vector<std::string> readable_class_names(const Values& values) {
    try {
        return values.has("targetclasses") ? class_names(values) : std::vector<std::string>();
    } catch (const Error&) {
        return {};
    }
}

// A target without classes is linear only where it says so, or where it has a range instead.
bool is_linear(const Values& values) {
    const std::string_view type = values.find("targettype");
    if (type == "linear") return true;
    if (type == "discrete") return false;
    if (!type.empty()) values.refuse("targettype", ", which is discrete or linear");
    return !values.has("targetclasses") && values.has("targetmin") && values.has("targetmax");
}

std::unique_ptr<LabelColumn> label_column(const Values& values) {
    if (is_linear(values)) return number_target();
    if (values.find("targetclasses").empty()) return found_numbers();
    return listed_classes(class_names(values));
}

void check_names(const CsvSource& source, const CsvRecord& record, const std::vector<std::string>& names) {
    std::set<std::string_view> met;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!met.insert(names[i]).second) {
            source.refuse_cell(record, narrowed<std::int64_t>(i), names[i], "is named twice among the metadata");
        }
    }
}

}  // namespace

MoodleMetadata read_metadata(RecordReader& reader, const CsvSource& source, bool labelled) {
    CsvRecord record;
    if (!reader.next(record)) source.refuse("the file is empty");
    const std::vector<std::string> names = take_texts(source, record);
    check_names(source, record, names);
    if (!reader.next(record))
        source.refuse("ends after row 1: the values of the metadata, the names and the samples are missing");
    const std::vector<std::string> texts = take_texts(source, record);
    if (texts.size() != names.size()) {
        source.refuse_row(record, concat("has ", texts.size(), " values where row 1 names ", names.size(),
                                         " metadata (a file of names and samples only is read with option format=plain)"));
    }
    MoodleMetadata metadata;
    for (std::size_t i = 0; i < names.size(); ++i) metadata.pairs.emplace_back(names[i], texts[i]);
    const Values values(source, record, metadata.pairs);
    metadata.features = feature_count(values);
    const std::string_view target = values.find("targetcolumn");
    if (target.find(merge_mark) == std::string_view::npos) metadata.target_column = target;
    if (labelled) {
        metadata.labels = label_column(values);
    } else {
        metadata.classes = readable_class_names(values);
    }
    return metadata;
}

}  // namespace mml
