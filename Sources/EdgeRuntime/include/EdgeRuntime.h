#pragma once
// Nothing to call: the symbols here are the ones that Embedded Swift and clang expect of a C library.
