//===- Help.cpp - mdlc help -----------------------------------------------===//
#include "Command.h"
#include "compiler/support/Explain.h"
#include "compiler/support/Name.h"
#include <CLI/CLI.hpp>
#include <cstdio>

namespace mdl::tool {

namespace {

int runHelp(CLI::App &app, const std::string &topic) {
  if (topic.empty()) {
    std::fputs(app.help().c_str(), stdout);
    return kOk;
  }
  std::vector<std::string_view> known;
  for (const Explanation &each : explanations()) known.push_back(each.slug);
  std::vector<std::string> commands;
  for (CLI::App *command : app.get_subcommands([](CLI::App *) { return true; })) {
    if (command->get_name() == topic) return std::fputs(command->help().c_str(), stdout), kOk;
    commands.push_back(command->get_name());
  }
  if (auto text = explanation(topic)) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return kOk;
  }
  for (const std::string &command : commands) known.push_back(command);
  std::fprintf(stderr, "mdlc: no command and no error is called `%s`", topic.c_str());
  if (auto near = nearest(topic, known); !near.empty())
    std::fprintf(stderr, "; did you mean `%s`?", std::string(near).c_str());
  std::fprintf(stderr, "\n  `mdlc list errors` lists the errors\n");
  return kWrong;
}

} // namespace

void addHelp(CLI::App &app, Invocation &invocation) {
  auto topic = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("help", "Explains an error by its name, or a command");
  command->add_option("topic", *topic, "A command, or what stands in brackets after an error: shape-mismatch")
      ->type_name("TOPIC");
  command->footer("Examples:\n  mdlc help shape-mismatch\n  mdlc help eval");
  command->callback([&app, &invocation, topic] { invocation.run = [&app, topic] { return runHelp(app, *topic); }; });
}

} // namespace mdl::tool
