(* Propositions about given numbers, decided by computation: fields first, interval arithmetic where these do not help,
   which Intervals.v brings. *)
Require Import Reals Psatz Lra List.
Require Import W2S.Signs W2S.Sums.
Import ListNotations.
Open Scope R_scope.

(* Sums over listed levels, term by term. *)
Ltac listed_levels := unfold total; cbn [fold_right map seq nth].

Ltac by_intervals := fail.
Ltac decide_order := first [ lra | (field_simplify; lra) | (unfold Rpower; by_intervals) ].
Ltac decide_order_of_sums := listed_levels; decide_order.

Ltac decide_equality := first
  [ reflexivity | lra | (field; repeat split; lra) | (listed_levels; first [ reflexivity | lra | (field; repeat split; lra) ]) ].

(* A level that is in a list is one of those in the list. *)
Ltac one_of_the_levels H := cbn [In seq] in H; repeat (destruct H as [H|H]; [subst; cbn [nth]|]); [..|destruct H].

Ltac decided := lazymatch goal with
  | |- _ /\ _ => split; decided
  | |- forall i, In i _ -> _ => let i := fresh "i" in let H := fresh "H" in intros i H; one_of_the_levels H; decided
  | |- integer _ => integers
  | |- _ <> nil => discriminate
  | |- _ = _ => decide_equality
  | |- ?a <> ?b => first
      [ (apply Rgt_not_eq; decide_order_of_sums) | (apply Rlt_not_eq; decide_order_of_sums) ]
  | |- _ => decide_order_of_sums
  end.

(* Each of the points in a disjunction of equations, one after the other. *)
Ltac at_each_point := intros; repeat match goal with H : _ \/ _ |- _ => destruct H | H : _ /\ _ |- _ => destruct H end;
  subst; decided.
