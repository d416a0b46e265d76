(* Sums over the levels of a spectrum, for every spectrum at once: a spectrum is a list of levels. *)
Require Import Reals Psatz Lra List.
Require Import W2S.Signs.
Import ListNotations.
Open Scope R_scope.

Definition total {A : Type} (f : A -> R) (S : list A) : R := fold_right (fun a rest => f a + rest) 0 S.

Lemma total_ext : forall A (f g : A -> R) S, (forall a, In a S -> f a = g a) -> total f S = total g S.
Proof.
  intros A f g S. induction S as [|a S IH]; simpl; intro H; [reflexivity|].
  rewrite H by (left; reflexivity). rewrite IH; [reflexivity|]. intros b Hb. apply H. right. assumption.
Qed.

Lemma total_plus : forall A (f g : A -> R) S, total (fun a => f a + g a) S = total f S + total g S.
Proof. intros A f g S. induction S as [|a S IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Lemma total_scale : forall A c (f : A -> R) S, total (fun a => c * f a) S = c * total f S.
Proof. intros A c f S. induction S as [|a S IH]; simpl; [ring|]. rewrite IH. ring. Qed.

Lemma total_zero : forall A (S : list A), total (fun _ => 0) S = 0.
Proof. intros A S. induction S as [|a S IH]; simpl; [reflexivity|]. rewrite IH. ring. Qed.

Lemma total_vanishes : forall A (f : A -> R) S, (forall a, In a S -> f a = 0) -> total f S = 0.
Proof. intros A f S H. rewrite (total_ext A f (fun _ => 0) S H). apply total_zero. Qed.

Lemma total_nonneg : forall A (f : A -> R) S, (forall a, In a S -> 0 <= f a) -> 0 <= total f S.
Proof.
  intros A f S. induction S as [|a S IH]; simpl; intro H; [lra|].
  assert (0 <= f a) by (apply H; left; reflexivity).
  assert (0 <= total f S) by (apply IH; intros b Hb; apply H; right; assumption). lra.
Qed.

Lemma total_pos : forall A (f : A -> R) S, S <> nil -> (forall a, In a S -> 0 < f a) -> 0 < total f S.
Proof.
  intros A f S HS H. destruct S as [|a S]; [congruence|]. simpl.
  assert (0 < f a) by (apply H; left; reflexivity).
  assert (0 <= total f S) by (apply total_nonneg; intros b Hb; left; apply H; right; assumption). lra.
Qed.

(* What is known at every level is known at this one. *)
Ltac at_level Hin := repeat match goal with
  | H : forall j, In j _ -> _ |- _ =>
      let P := type of (H _ Hin) in
      lazymatch goal with K : P |- _ => fail | _ => pose proof (H _ Hin) end
  end.

(* Two combinations of sums are equal when they are so at every level. *)
Lemma total_equal : forall A (f g : A -> R) S a b, total f S = a -> total g S = b ->
  (forall i, In i S -> f i = g i) -> a = b.
Proof. intros. subst. apply total_ext. assumption. Qed.
Ltac plain_letters := repeat match goal with
  | |- context [total (fun i => ?f i) ?S] => change (total (fun i => f i) S) with (total f S)
  end.
Ltac spread_totals := repeat (progress rewrite ?total_plus, ?total_scale); plain_letters;
  first [reflexivity | ring | lra | solve [field; side]].

(* A number is not zero when another one, which is known not to be, is a multiple of it once both are written in the
   same sums. *)
Ltac written_out := repeat match goal with
  | G : ?v = _ |- context [?v] => is_var v; rewrite G
  | W : total ?f ?S = _ |- context [total ?f ?S] => rewrite W
  end.
Ltac multiple_of_known more := match goal with
  | H : ?x <> 0 |- ?y <> 0 => let Z := fresh "W_z" in
      solve [intro Z; apply H; written_out; field_simplify_eq; first [lra | repeat split; more]]
  end.
Ltac known_part := first [assumption | solve [nonzero] | known_nonzero].
Ltac multiples := repeat split;
  first [known_part | multiple_of_known ltac:(first [known_part | multiple_of_known known_part])].
