// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mml {

/// What each input column adds to a member's links, for some rows: link = base + the sum of its contributions. The base is
/// the same for all rows: the member's link where no cell is known.
class Contributions {
public:
    Contributions(std::size_t rows, std::size_t links, std::size_t inputs)
        : rows_(rows), links_(links), inputs_(inputs), base_(links), values_(rows * links * inputs) {}

    std::size_t rows() const { return rows_; }
    std::size_t links() const { return links_; }
    std::size_t inputs() const { return inputs_; }
    std::span<double> base() { return base_; }
    std::span<const double> base() const { return base_; }
    /// One number an input column.
    std::span<double> of(std::size_t row, std::size_t link) {
        return std::span(values_).subspan((row * links_ + link) * inputs_, inputs_);
    }
    std::span<const double> of(std::size_t row, std::size_t link) const {
        return std::span(values_).subspan((row * links_ + link) * inputs_, inputs_);
    }
    double link_of(std::size_t row, std::size_t link) const {
        double sum = base_[link];
        for (const double value : of(row, link)) sum += value;
        return sum;
    }

private:
    std::size_t rows_;
    std::size_t links_;
    std::size_t inputs_;
    std::vector<double> base_;
    std::vector<double> values_;
};

/// Makes numbers add up to `sum` by sharing out what they lack of it in proportion to their sizes; 0 stays 0. For what
/// rounding and quadrature leave.
void make_sum(std::span<double> numbers, double sum);

/// Points and weights of Gauss and Legendre's quadrature on 0 ... 1: exact for polynomials of degree 2 * points - 1.
struct Quadrature {
    explicit Quadrature(std::size_t points);
    std::vector<double> at;
    std::vector<double> weight;
};

}  // namespace mml
