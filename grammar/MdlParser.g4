// MdlParser.g4 - the syntax of MDL, one declaration at a time. No actions, no predicates.
//
// Every choice is decided by the next token alone (LL(1); a test checks that the generated parser never predicts), so
// parsing is fast from the first token on and an error is found at the first token that cannot follow. To keep it so,
// a part that is only known afterwards to be a name (`name:` before an argument, a result or a move) is parsed as the
// expression or type it looks like; the AST builder checks it.
parser grammar MdlParser;
options { tokenVocab = MdlLexer; superClass = LeanParser; }
@parser::preinclude { #include "compiler/parse/LeanParser.h" }

declaration : item SEMI* EOF ;
expression  : expr SEMI* EOF ;                  // the command line: --set, --where

item
    : IMPORT STRING (AS IDENT)?                                               # Import
    | OP IDENT generics? params ARROW results body                            # Op
    | EXTEND qname body                                                       # Extend
    | MODULE IDENT generics? params ARROW results body                        # Module
    | PIPELINE IDENT params body                                              # Pipeline
    | FN IDENT params ARROW type ASSIGN expr                                  # Fn
    | RECORD IDENT recordBody                                                 # Record
    | ENUM IDENT LBRACE enumCase (COMMA enumCase?)* SEMI* RBRACE              # Enum
    | CONST IDENT (COLON type)? ASSIGN expr                                   # Const
    | UNIT IDENT (ASSIGN expr)?                                               # Unit
    | IDENT dataName dataHead                                                 # Data
    ;

// ---- signatures -----------------------------------------------------------------------------
generics : LT generic (COMMA generic)* GT ;
generic  : IDENT ELLIPSIS? ;
params   : LPAREN (param (COMMA param)*)? RPAREN ;
param    : IDENT QUESTION? COLON type (ASSIGN expr)? ;
results  : result (COMMA result)* ;
result   : type (COLON type)? ;                 // `name: type`, or a type alone

type
    : TILDE IDENT? shape                                                      # BroadcastType
    | shape                                                                   # ShapeType
    | qname (shape | typeArgs)?                                               # NamedType
    ;
typeArgs : LT typeArg (COMMA typeArg)* GT ;
typeArg  : type unitTail? | INT unitTail ;      // a type, or a unit: `B/s`, `m^2`, `1/s`
unitTail : unitPower unitFactor* | unitFactor+ ;
unitFactor : (STAR | SLASH) IDENT unitPower? ;
unitPower  : CARET MINUS? INT ;
shape    : LBRACK (element (COMMA element)*)? RBRACK ;
element  : expr ELLIPSIS? ;

recordBody : LBRACE recordItem? (SEMI recordItem?)* RBRACE ;
recordItem : field | check ;
field      : IDENT COLON type (ASSIGN expr)? (RANGE expr)? (CLAIMED expr)? annotation* ;
enumCase   : IDENT (COLON IDENT)? ;

// ---- bodies: one statement list for op, module and pipeline; the checker says which statement fits where ---------
body : LBRACE stmt? (SEMI stmt?)* RBRACE ;
stmt
    : LET (IDENT (COLON type)? | shape) ASSIGN expr                           # Let
    | IDENT (COMMA IDENT)* ASSIGN value                                       # Bind
    | (WEIGHT | STATE | SCRATCH) label COLON type guard?                      # Storage
    | check                                                                   # CheckStmt
    | NOT_MODELLED STRING                                                     # NotModelled
    | IDLE value                                                              # Idle
    | REPEAT IDENT IN expr carry? body                                        # Repeat
    | LOOP IDENT IN expr carry? gather? body                                  # Loop
    | WHEN expr body (ELSE (body | stmt))?                                    # When
    | RETURN value (COMMA value)*                                             # Return
    | STAGE IDENT (ON IDENT)? STRING? ASSIGN value turns? guard?              # Stage
    | COST qname annotation* ASSIGN expr guard?                               # Cost
    | TRAFFIC annotation* moves                                               # Traffic
    ;
check  : (REQUIRE | WARN | CLAIM) expr (COMMA STRING)? ;
carry  : CARRY IDENT (COMMA IDENT)* ;
gather : GATHER IDENT ALONG expr ;
guard  : WHEN expr ;
turns  : TIMES expr | FOR IDENT IN expr ;
moves  : LBRACE move? (SEMI move?)* RBRACE ;
move   : (READ | WRITE | SEND) expr (COLON expr)? (TIMES expr)? guard? ;      // `role: tensor`, or a tensor alone

// ---- data: workload, device, precision, metric... all have one form; the record of that name is the schema -------
dataHead : STRING? (COLON qname)? dataBody ;
dataBody : LBRACE entry? (SEMI entry?)* RBRACE ;
entry    : IDENT (entryValue | dataName (entryValue | dataHead)) ;            // `f = v`, `f key = v`, `kind name { }`
entryValue : ASSIGN expr annotation* ;
dataName : dataPart ((MINUS | DOT) dataPart)* ;
dataPart : IDENT | (INT | REAL) IDENT? ;                                      // `W-003`, `480p`, `modelmeter.dv200`
annotation : AT IDENT (LPAREN args? RPAREN)? ;

// ---- expressions ----------------------------------------------------------------------------
// A flat row of operands and operators; the table of compiler/parse/Operators.cpp has the precedences:
//   ^   - (prefix)   * / %   + -   .. ..=   == != < <= > >= divides in   not   and   or   ?:
expr    : operand (infix operand)* (QUESTION expr COLON expr)? ;
operand : (MINUS | NOT)* primary postfix* ;
infix   : CARET | STAR | SLASH | PERCENT | PLUS | MINUS | TO | THROUGH
         | EQ | NE | LT | LE | GT | GE | DIVIDES | IN | AND | OR ;
primary
    : (INT | REAL) IDENT?                                                     # Number
    | STRING                                                                  # String
    | (TRUE | FALSE)                                                          # Bool
    | NONE                                                                    # None
    | IDENT                                                                   # Name
    | LPAREN expr RPAREN                                                      # Paren
    | LBRACK listItems? RBRACK                                                # List
    ;
postfix
    : DOT IDENT                                                               # Member
    | LPAREN args? RPAREN                                                     # Call
    | LBRACK expr RBRACK                                                      # Index
    ;
listItems : expr (over | ELLIPSIS? (COMMA element)*) ;
args      : arg (over | (COMMA arg)*) ;
arg       : expr (COLON value | AS label)? ;                                  // `name: value`, or a value alone
over      : FOR IDENT IN expr (IF expr)? ;
value     : expr (AS label)? ;
label     : segment (DOT segment)* ;
segment   : (IDENT | INT | REAL | STAR) braced? | braced ;
braced    : LBRACE expr RBRACE ;
qname     : IDENT (DOT IDENT)* ;
