//===- EmittedBatch.h - An emitted file for many points, run ----*- C++ -*-===//
// What `mdlc emit --batch` writes, compiled as a shared library and opened.
//===----------------------------------------------------------------------===//
#pragma once
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <unistd.h>

namespace mdl {

class EmittedBatch {
public:
  using Run = void (*)(size_t count, const double *const *in, double *const *out, unsigned char *valid);

  /// `prefix` is that of its names; `compiler` with all its flags. `run` is null, and why is on stderr, when that fails.
  EmittedBatch(const std::string &source, const std::string &prefix, const std::string &compiler) {
    static int count = 0;
    folder_ = std::filesystem::temp_directory_path() / fmt::format("mdl-batch-{}-{}", getpid(), count++);
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "batch.c") << source;
    std::string command =
        fmt::format("cd '{}' && {} -shared -fPIC batch.c -o batch.so -lm", folder_.string(), compiler);
    if (std::system(command.c_str()) == 0) library_ = dlopen((folder_ / "batch.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_) run = reinterpret_cast<Run>(dlsym(library_, (prefix + "_batch").c_str()));
  }
  ~EmittedBatch() {
    if (library_) dlclose(library_);
    std::filesystem::remove_all(folder_);
  }
  EmittedBatch(const EmittedBatch &) = delete;
  EmittedBatch &operator=(const EmittedBatch &) = delete;

  Run run = nullptr;

  static bool has(const std::string &compiler) {
    return std::system(fmt::format("{} --version > /dev/null 2>&1", compiler).c_str()) == 0;
  }

private:
  std::filesystem::path folder_;
  void *library_ = nullptr;
};

} // namespace mdl
