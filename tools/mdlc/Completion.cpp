//===- Completion.cpp - mdlc completion -----------------------------------===//
// Scripts for bash, zsh and fish, made from the declared commands and options.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include <CLI/CLI.hpp>
#include <cstdio>

namespace mdl::tool {

namespace {

std::string optionsOf(CLI::App &command) {
  std::string names;
  for (const CLI::Option *option : command.get_options())
    for (const std::string &name : option->get_lnames()) names += " --" + name;
  return names;
}

std::string bashScript(CLI::App &app) {
  std::string commands, cases;
  for (CLI::App *command : app.get_subcommands([](CLI::App *) { return true; })) {
    commands += " " + command->get_name();
    cases += "    " + command->get_name() + ") words=\"" + optionsOf(*command) + "\" ;;\n";
  }
  return "_mdlc() {\n  local word=${COMP_WORDS[COMP_CWORD]} words\n  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W \"" +
         commands + "\" -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n" + cases +
         "  esac\n  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  else COMPREPLY=($(compgen -f -- \"$word\")); fi\n}\ncomplete -o filenames -F _mdlc mdlc\n";
}

std::string fishScript(CLI::App &app) {
  std::string script;
  for (CLI::App *command : app.get_subcommands([](CLI::App *) { return true; })) {
    script += "complete -c mdlc -n __fish_use_subcommand -f -a " + command->get_name() + " -d '" +
              command->get_description() + "'\n";
    for (const CLI::Option *option : command->get_options())
      for (const std::string &name : option->get_lnames())
        script += "complete -c mdlc -n '__fish_seen_subcommand_from " + command->get_name() + "' -l " + name + "\n";
  }
  return script;
}

} // namespace

void addCompletion(CLI::App &app, Invocation &invocation) {
  auto shell = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("completion", "Prints a completion script for a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example:\n  mdlc completion bash > ~/.local/share/bash-completion/completions/mdlc");
  command->callback([&app, &invocation, shell] {
    invocation.run = [&app, shell] {
      std::string script = *shell == "fish" ? fishScript(app) : bashScript(app);
      if (*shell == "zsh") script = "autoload -U +X bashcompinit && bashcompinit\n" + script;
      std::fputs(script.c_str(), stdout);
      return kOk;
    };
  });
}

} // namespace mdl::tool
