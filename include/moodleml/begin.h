// SPDX-License-Identifier: Apache-2.0
/* Opens a block of exported C declarations; closed by moodleml/end.h.
 * Deliberately has no include guard: every public header includes it.
 * All preprocessor work lives here so that moodleml.h itself stays plain C
 * which PHP's FFI can read (FFI treats lines starting with '#' as comments). */
#include <stddef.h>
#include <stdint.h>
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif
