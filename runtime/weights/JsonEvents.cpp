//===- JsonEvents.cpp - JSON of others, event by event --------------------===//
#include "JsonEvents.h"

namespace mdl::weights {

bool JsonEvents::read(std::string_view text, uint64_t base, Fault &fault) {
  if (nlohmann::json::sax_parse(text.begin(), text.end(), this)) return true;
  if (position_) fault.place = fmt::format("JSON at byte {}", base + *position_);
  else if (!keys_.empty()) {
    std::string path;
    for (const std::string &each : keys_) path += (path.empty() ? "" : ", ") + ("`" + shown(each) + "`");
    fault.place = "JSON, " + path;
  } else fault.place = "JSON";
  fault.what = what_;
  return false;
}

bool JsonEvents::enter(bool list) {
  if (++brackets_ > deepest_) return fail("brackets are nested deeper than {}", deepest_);
  return open(list);
}

bool JsonEvents::start_object(size_t) {
  if (!enter(false)) return false;
  seen_.emplace_back();
  keys_.emplace_back();
  return true;
}

bool JsonEvents::key(string_t &name) {
  keys_.back() = name;
  return seen_.back().insert(name).second || fail("the key stands twice");
}

bool JsonEvents::end_object() {
  keys_.pop_back(), seen_.pop_back(), --brackets_;
  return close();
}

bool JsonEvents::start_array(size_t) { return enter(true); }
bool JsonEvents::end_array() { return --brackets_, close(); }

/// The library's own text names its states; what a person can use is where it stopped.
bool JsonEvents::parse_error(size_t position, const std::string &, const nlohmann::detail::exception &error) {
  position_ = position > 0 ? position - 1 : 0;
  bool text = std::string_view(error.what()).find("UTF-8") != std::string_view::npos;
  return fail("{}", text ? "a text that is no UTF-8" : "this is no JSON: it is cut off or damaged here");
}

} // namespace mdl::weights
