// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "ensemble/shared_network.hpp"

namespace mml {

/// The pooled links of networks of shared weights on the straight way from the mean encoded row, which is all 0, to a row:
/// integrated gradients (Sundararajan et al., 2017) of the links by the encoded cells. Keeps its memory from row to row; one
/// thread at a time. Refers to the shape and the networks, which must stay.
class SharedPath {
public:
    SharedPath(const SharedShape& shape, Task task, const std::vector<NetworkParameters>& networks);

    /// The links of the mean row.
    std::vector<double> base();
    /// Goes to the way to this row, as the encoder gives it.
    void take_row(std::vector<float> row);
    /// The links of the row.
    std::vector<double> links() { return links_at(1); }
    /// Takes the mean gradient along the way, which write_parts() needs.
    void integrate();
    /// What each encoded cell adds to link k.
    void write_parts(std::size_t k, std::span<double> parts) const;

private:
    std::vector<double> links_at(float fraction);
    void run(std::size_t network, float fraction);
    void add_point(float fraction, double weight);
    void add_slopes(std::size_t network, std::size_t k, std::span<const double> by_outputs);
    void write_slopes_of(std::size_t runner, std::span<const double> pooled, double weight, std::span<double> slopes);
    std::size_t runners() const { return networks_.size() * shape_.members; }
    std::size_t layer_size() const { return shape_.members * shape_.hidden; }

    const SharedShape& shape_;
    Task task_;
    const std::vector<NetworkParameters>& networks_;
    std::vector<std::vector<std::vector<float>>> turned_;  ///< of each network the layers after the first, outputs x inputs
    std::vector<float> row_;
    // Of all members of a network at once, members x hidden: their layers are the same, and so one product.
    std::vector<std::vector<float>> steps_;               ///< of each network, what the row adds to the first layer
    std::vector<std::vector<std::vector<float>>> after_;  ///< of each network and layer
    std::vector<float> outputs_;                          ///< of each network and member
    std::vector<std::vector<float>> slopes_;              ///< of each network and link
    std::vector<double> by_outputs_;                      ///< of each network and member, links x outputs
    std::vector<double> shares_;
    std::vector<float> above_, below_, nothing_;
};

}  // namespace mml
