// SPDX-License-Identifier: Apache-2.0
// The product, included once by each product_<level>.cpp, which is compiled for that level and defines MML_EIGEN_LEVEL as
// its name. Eigen's namespace has another name in each: else the linker would keep one copy of a template for all levels,
// and an older processor could meet the instructions of a newer one. For the same reason nothing of ours with inline code is
// used.
#define MML_JOINED(first, second) first##second
#define MML_JOIN(first, second) MML_JOINED(first, second)
#define Eigen MML_JOIN(Eigen_, MML_EIGEN_LEVEL)

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

#include "learners/network/eigen_product/eigen_product.hpp"

namespace mml {

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ReadMatrix = Eigen::Map<const Matrix>;

// Eigen sums in pieces that fit into the caches. With fixed sizes, one seed gives one model on every processor of a level.
bool fix_cache_sizes() {
    Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20);
    return true;
}

template <class A, class B>
void multiply_into(const A& a, const B& b, float beta, Eigen::Map<Matrix>& c) {
    if (beta == 0) {
        c.noalias() = a * b;
    } else {
        if (beta != 1) c *= beta;
        c.noalias() += a * b;
    }
}

void multiply(bool transpose_a, bool transpose_b, Eigen::Index m, Eigen::Index n, Eigen::Index k, const float* a,
              const float* b, float beta, float* c) {
    [[maybe_unused]] static const bool fixed = fix_cache_sizes();
    const ReadMatrix left(a, transpose_a ? k : m, transpose_a ? m : k);
    const ReadMatrix right(b, transpose_b ? n : k, transpose_b ? k : n);
    Eigen::Map<Matrix> product(c, m, n);
    if (transpose_a && transpose_b) {
        multiply_into(left.transpose(), right.transpose(), beta, product);
    } else if (transpose_a) {
        multiply_into(left.transpose(), right, beta, product);
    } else if (transpose_b) {
        multiply_into(left, right.transpose(), beta, product);
    } else {
        multiply_into(left, right, beta, product);
    }
}

}  // namespace

#define MML_TEXT_OF(value) #value
#define MML_TEXT(value) MML_TEXT_OF(value)
#define MML_EIGEN_VERSION MML_TEXT(EIGEN_WORLD_VERSION) "." MML_TEXT(EIGEN_MAJOR_VERSION) "." MML_TEXT(EIGEN_MINOR_VERSION)

const EigenProduct MML_JOIN(eigen_product_, MML_EIGEN_LEVEL) = {ProcessorLevel::MML_EIGEN_LEVEL, MML_EIGEN_VERSION,
                                                                multiply};

}  // namespace mml
