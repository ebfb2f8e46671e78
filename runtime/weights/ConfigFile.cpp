//===- ConfigFile.cpp - Configurations of Hugging Face --------------------===//
#include "ConfigFile.h"
#include "JsonEvents.h"

namespace mdl::weights {
namespace {

constexpr uint64_t kLargest = 8'000'000;
constexpr size_t kLongestPath = 1000;

class Config : public JsonEvents {
public:
  Config() : JsonEvents(16) {}
  std::vector<ConfigEntry> entries;

private:
  bool open(bool list) override {
    if (path().size() > kLongestPath) return fail("keys of more than {} bytes", kLongestPath);
    if (keys().empty() && list) return fail("a configuration is a JSON object");
    if (lists_ > 0 && !list) return fail("an object in a list");
    if (!list) return true;
    if (lists_++ == 0) entries.push_back({path(), "", false});
    else separate();
    entries.back().value += '[';
    return true;
  }
  bool close() override {
    if (lists_ > 0) --lists_, entries.back().value += ']';
    return true;
  }
  bool add(std::string_view value, bool isText) {
    if (lists_ == 0) return entries.push_back({path(), std::string(value), isText}), true;
    separate();
    entries.back().value += value;
    return true;
  }
  void separate() {
    if (!entries.back().value.ends_with('[')) entries.back().value += ", ";
  }
  bool text(std::string &value) override { return add(value, true); }
  bool number(uint64_t value) override { return add(fmt::to_string(value), false); }
  bool other(std::string_view what) override { return add(what, false); }

  /// Of the objects around, cut off where it is too long; the last key is a value's own.
  std::string path() const {
    std::string all;
    for (const std::string &each : keys())
      if (all.size() <= kLongestPath) all.append(all.empty() ? "" : ".").append(each);
    return all;
  }

  size_t lists_ = 0;
};

} // namespace

std::optional<std::vector<ConfigEntry>> readConfig(const InputFile &file, Fault &fault) {
  fault.file = file.path();
  if (file.size() > kLargest)
    return fault.what = fmt::format("a configuration of {} bytes; at most {} are read", file.size(), kLargest),
           std::nullopt;
  auto text = file.read(0, file.size());
  if (!text) return fault.what = "it cannot be read", std::nullopt;
  Config config;
  if (!config.read(*text, 0, fault)) return std::nullopt;
  return std::move(config.entries);
}

} // namespace mdl::weights
