// SPDX-License-Identifier: Apache-2.0
#include "ensemble/member.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "ensemble/linear_member.hpp"
#include "ensemble/networks_member.hpp"
#include "ensemble/shared_networks_member.hpp"
#include "ensemble/trees_member.hpp"

namespace mml {

std::unique_ptr<const Member> load_member(const std::string& kind, const Tensors& tensors, const std::string& prefix,
                                          std::int64_t inputs, std::size_t outputs) {
    if (kind == LinearMember::kind) return LinearMember::load(tensors, prefix, inputs, outputs);
    if (kind == TreesMember::kind) return TreesMember::load(tensors, prefix, inputs, outputs);
    if (kind == NetworksMember::kind) return NetworksMember::load(tensors, prefix, inputs, outputs);
    if (kind == SharedNetworksMember::kind) return SharedNetworksMember::load(tensors, prefix, inputs, outputs);
    fail(Status::bad_model, concat("damaged model: it has a member of an unknown kind ", mml::quote(kind)));
}

}  // namespace mml
