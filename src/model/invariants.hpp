// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "model/model.hpp"

namespace mml {

/// Something that holds between the fields of every model.
struct Invariant {
    const char* broken;  ///< what the message says of a model for which it does not hold
    bool (*holds)(const Model& model);
};

/// All of them, as README.md of this folder lists them. A field of the model file that must fit another one gets a row here.
std::span<const Invariant> model_invariants();

/// Throws Error(bad_model) naming the first invariant that does not hold. Looks at the model itself; its prior was checked
/// when it was made.
void check_invariants(const Model& model);

}  // namespace mml
