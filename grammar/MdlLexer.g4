// MdlLexer.g4 - the tokens of MDL.
//
// The lexer knows no keywords: every word is an IDENT. Which words are keywords, and where, is said once, in the table
// of compiler/parse/Keywords.cpp: most are special only at the head of a statement or after an operand and are names
// everywhere else. The token types below are what that table turns them into.
// A `;` is also made from the newlines that end a statement: compiler/parse/NewlineFilter.h has the rule.
lexer grammar MdlLexer;

tokens {
  // Reserved words: never a name.
  TRUE, FALSE, NONE, AND, OR, NOT, DIVIDES, IN, FOR, IF,
  // First word of a declaration. A declaration that begins with another word is a data block.
  IMPORT, OP, EXTEND, MODULE, PIPELINE, FN, RECORD, ENUM, CONST, UNIT,
  // First word of a statement.
  LET, WEIGHT, STATE, SCRATCH, REQUIRE, WARN, CLAIM, NOT_MODELLED, IDLE, REPEAT, LOOP, WHEN, RETURN, STAGE, COST,
  TRAFFIC, READ, WRITE, SEND,
  // After an operand. `when` is both.
  AS, ON, TIMES, CARRY, GATHER, ALONG, RANGE, CLAIMED, ELSE
}

IDENT : [A-Za-z_] [A-Za-z_0-9]* ;
INT   : [0-9] [0-9_]* ;
REAL  : [0-9] [0-9_]* '.' [0-9] [0-9_]* EXPONENT? | [0-9] [0-9_]* EXPONENT ;
fragment EXPONENT : [eE] [+-]? [0-9]+ ;

STRING      : '"' CHARACTER* '"' ;
OPEN_STRING : '"' CHARACTER* '\\'? ;            // not closed on its line: reported, then taken for a STRING
fragment CHARACTER : ~["\\\r\n] | '\\' ~[\r\n] ;

SEMI : ';' ; COMMA : ',' ; COLON : ':' ; DOT : '.' ; QUESTION : '?' ; AT : '@' ; TILDE : '~' ;
LPAREN : '(' ; RPAREN : ')' ; LBRACK : '[' ; RBRACK : ']' ; LBRACE : '{' ; RBRACE : '}' ;
ARROW : '->' ; ASSIGN : '=' ; ELLIPSIS : '...' ; TO : '..' ; THROUGH : '..=' ;
PLUS : '+' ; MINUS : '-' ; STAR : '*' ; SLASH : '/' ; PERCENT : '%' ; CARET : '^' ;
EQ : '==' ; NE : '!=' ; LT : '<' ; LE : '<=' ; GT : '>' ; GE : '>=' ;

// Blanks (space, tab, carriage return), newlines and comments (`//` to the end of the line) are skipped before a token
// is read: compiler/parse/Token.cpp. A comment of exactly three slashes describes what follows it.
OTHER : [\u0080-\u00FF]+ | '&&' | '||' | . ;                // no token of the language: reported (bytes of UTF-8 stay together)
