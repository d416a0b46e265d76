(* Interval arithmetic where fields do not decide: a file of its own, since it takes long to load. *)
Require Import Reals.
From Interval Require Import Tactic.
Require Import W2S.Decide.
Ltac by_intervals ::= interval with (i_prec 100).
