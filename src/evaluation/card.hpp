// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "model/model.hpp"

namespace mml {

/// A model's card (Mitchell et al., 2019), of what its file holds: what it predicts and is meant for, the samples it learned
/// from, its columns, method, metrics, decision, limits, and how to contest an answer. README.md of this folder lists the
/// fields. It holds counts and names, never a sample.
Json card_json(const Model& model);

/// The card as "json", "markdown", "html" (one file without scripts) or "text". Throws Error(not_found) for another format.
std::string render_card(const Json& card, std::string_view format);

}  // namespace mml
