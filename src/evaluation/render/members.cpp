// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

// Of one kind of member over all models.
struct MemberSums {
    std::string kind;
    double weight = 0;
    double loss = 0;
    int rated = 0;
    int given_up = 0;
};

void add_member(const Json& member, std::vector<MemberSums>& sums) {
    const auto kind = member.at("kind").get<std::string>();
    auto place = std::ranges::find(sums, kind, &MemberSums::kind);
    if (place == sums.end()) place = sums.insert(sums.end(), MemberSums{kind});
    place->weight += member.at("weight").get<double>();
    place->given_up += member.contains("given_up") ? 1 : 0;
    const Json& loss = member.at("out_of_fold_loss");
    if (!loss.is_number()) return;
    place->loss += loss.get<double>();
    ++place->rated;
}

// "log-odds in 8 of 10" for a field of the models' descriptions that differs, else the value alone.
std::string most_frequent(const Json& models, const char* field) {
    std::map<std::string, std::size_t> counts;
    for (const Json& model : models) {
        const Json* const value = model.find(field);
        if (value != nullptr && value->is_string()) ++counts[value->get<std::string>()];
    }
    if (counts.empty()) return "";
    const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    std::string words = most->first == "log_odds" ? "log-odds" : most->first;
    if (most->second < models.size()) words += concat(" in ", most->second, " of ", models.size());
    return words;
}

}  // namespace

std::vector<MemberRow> member_rows(const Json& report) {
    const Json& models = report.at("models");
    std::vector<MemberSums> sums;
    for (const Json& model : models) {
        const Json* const members = model.find("members");
        if (members == nullptr) return {};
        for (const Json& member : *members) add_member(member, sums);
    }
    std::vector<MemberRow> rows;
    for (const MemberSums& each : sums) {
        const std::string times = models.size() > 1 ? concat(" in ", each.given_up, " of ", models.size()) : "";
        rows.push_back({each.kind, decimal(each.weight / static_cast<double>(models.size())),
                        decimal(each.rated > 0 ? each.loss / each.rated : std::nan("")),
                        each.given_up > 0 ? concat("dropped after one fold", times) : ""});
    }
    return rows;
}

std::string members_note(const Json& report) {
    const Json& models = report.at("models");
    std::string note = models.size() > 1 ? "Means over the models of all iterations. " : "";
    note +=
        "Out-of-fold loss: the loss of a member alone, in training, on samples that it had not seen. A member that adds "
        "nothing has weight 0.";
    const std::string pool = most_frequent(models, "pool");
    const std::string calibration = most_frequent(models, "calibration");
    if (!pool.empty()) note += concat(" Pool: ", pool, ".");
    if (!calibration.empty()) note += concat(" Calibration: ", calibration, ".");
    return note;
}

}  // namespace mml::render
