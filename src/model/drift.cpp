// SPDX-License-Identifier: Apache-2.0
#include "model/drift.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::size_t most_listed = 100;
constexpr std::size_t most_named = 5;

struct Moved {
    std::size_t column = 0;
    double index = 0;
    bool moved = false;
};

std::vector<Moved> compared(const ColumnSpreads& trained, const ColumnSpreads& found, double limit) {
    std::vector<Moved> list;
    const double z = comparison_quantile(trained.size());
    for (std::size_t i = 0; i < trained.size(); ++i) {
        const double index = stability_index(trained[i].counts, found[i].counts);
        const double chance = index_by_chance(trained[i].counts, found[i].counts, z);
        list.push_back({i, index, limit > 0 && index > limit && index > chance});
    }
    std::ranges::stable_sort(
        list, [](const Moved& a, const Moved& b) { return a.moved != b.moved ? a.moved : a.index > b.index; });
    return list;
}

std::string warning(const std::vector<Moved>& list, const std::vector<std::string>& names, const std::string& source) {
    std::vector<std::string> moved;
    for (const Moved& each : list) {
        if (each.moved) moved.push_back(names[each.column]);
    }
    if (moved.empty()) return "";
    return concat(source, ": ", moved.size(), moved.size() == 1 ? " column has" : " columns have",
                  " other values than in the training, so answers may be less right than the model's evaluation says: ",
                  quoted_list(moved, most_named), ".");
}

}  // namespace

Json drift_json(const Model& model, const Dataset& dataset, double limit) {
    if (model.spreads().empty() || dataset.rows() == 0) return nullptr;
    const std::vector<Moved> list = compared(model.spreads(), model.counted_like_training(dataset), limit);
    Json columns = Json::array();
    for (const Moved& each : list) {
        if (columns.size() == most_listed) break;
        columns.push_back({{"name", model.input_names()[each.column]}, {"index", each.index}, {"moved", each.moved}});
    }
    Json warnings = Json::array();
    if (const std::string sentence = warning(list, model.input_names(), valid_utf8(dataset.source)); !sentence.empty())
        warnings.push_back(sentence);
    return {{"schema", 1},
            {"rows", dataset.rows()},
            {"limit", limit},
            {"columns", std::move(columns)},
            {"warnings", std::move(warnings)}};
}

std::vector<std::string> drift_warnings(const Json& drift) {
    return drift.is_object() ? drift.at("warnings").texts() : std::vector<std::string>();
}

}  // namespace mml
