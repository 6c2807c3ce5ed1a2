// SPDX-License-Identifier: Apache-2.0
#define MML_EIGEN_LEVEL avx2
#include "learners/network/eigen_product/product_body.hpp"
