// SPDX-License-Identifier: Apache-2.0
/* Closes the block opened by moodleml/begin.h. */
#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
