(* Signs: how a formula is shown to be positive, nonnegative or not zero. *)
Require Import Reals Psatz Lra ZArith.
Open Scope R_scope.

(* A real number that is an integer. *)
Definition integer (x : R) : Prop := exists k : Z, x = IZR k.

Lemma integer_IZR : forall k, integer (IZR k).
Proof. intro k. exists k. reflexivity. Qed.

Lemma integer_plus : forall x y, integer x -> integer y -> integer (x + y).
Proof. intros x y [a Ha] [b Hb]. exists (a + b)%Z. rewrite plus_IZR. congruence. Qed.

Lemma integer_minus : forall x y, integer x -> integer y -> integer (x - y).
Proof. intros x y [a Ha] [b Hb]. exists (a - b)%Z. rewrite minus_IZR. congruence. Qed.

Lemma integer_opp : forall x, integer x -> integer (- x).
Proof. intros x [a Ha]. exists (- a)%Z. rewrite opp_IZR. congruence. Qed.

Lemma integer_mult : forall x y, integer x -> integer y -> integer (x * y).
Proof. intros x y [a Ha] [b Hb]. exists (a * b)%Z. rewrite mult_IZR. congruence. Qed.

Lemma integer_pow : forall x n, integer x -> integer (x ^ n).
Proof. intros x n H. induction n; simpl; [apply integer_IZR | apply integer_mult; assumption]. Qed.

(* Between an integer and a larger one lies a distance of at least one. *)
Lemma integer_gap : forall x y, integer x -> integer y -> x < y -> x + 1 <= y.
Proof.
  intros x y [a Ha] [b Hb] H. subst. apply lt_IZR in H. rewrite <- plus_IZR. apply IZR_le. lia.
Qed.

Ltac integers := repeat first
  [ assumption | apply integer_IZR | apply integer_plus | apply integer_minus | apply integer_opp
  | apply integer_mult | apply integer_pow ].

Lemma square_nonneg : forall x, 0 <= x * x.
Proof. intro x. nra. Qed.

Lemma pow_even_nonneg : forall x k, 0 <= x ^ (2 * k).
Proof. intros x k. rewrite pow_mult. apply pow_le. apply pow2_ge_0. Qed.

Lemma square_pos : forall x, x <> 0 -> 0 < x ^ 2.
Proof. intros x H. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt. assumption. Qed.

Lemma pow_even_pos : forall x k, x <> 0 -> 0 < x ^ (2 * k).
Proof. intros x k H. rewrite pow_mult. apply pow_lt. apply square_pos. assumption. Qed.

Lemma pow_not_zero : forall x k, x <> 0 -> x ^ k <> 0.
Proof. intros. apply pow_nonzero. assumption. Qed.

Lemma div_nonneg : forall a b, 0 <= a -> 0 < b -> 0 <= a / b.
Proof.
  intros a b Ha Hb. unfold Rdiv. apply Rmult_le_pos; [assumption|]. left. apply Rinv_0_lt_compat. assumption.
Qed.

Lemma inv_nonneg : forall b, 0 < b -> 0 <= / b.
Proof. intros. left. apply Rinv_0_lt_compat. assumption. Qed.

Lemma rpower_pos : forall x y, 0 < Rpower x y.
Proof. intros. unfold Rpower. apply exp_pos. Qed.

Lemma abs_pos : forall x, x <> 0 -> 0 < Rabs x.
Proof. intros. apply Rabs_pos_lt. assumption. Qed.

(* Zero, or positive: then not negative; a product with a factor that is zero is nonnegative. *)
Lemma mult_le_0 : forall a b, a <= 0 -> b <= 0 -> 0 <= a * b.
Proof. intros. nra. Qed.

(* What is linear between two ends lies between its values there; one positive end is enough strictly inside. *)
Lemma between_ends : forall f a b s x y k, f = x + (s - a) * k -> y = x + (b - a) * k -> a <= s -> s <= b ->
  0 <= x -> 0 <= y -> 0 <= f.
Proof.
  intros f a b s x y k Hf Hy Ha Hb Hx Hyy. destruct (Req_dec a b) as [E|E].
  { assert (s = a) by lra. subst s f. replace (x + (a - a) * k) with x by ring. assumption. }
  assert ((b - a) * f = (b - s) * x + (s - a) * y) by (subst; ring).
  assert (0 <= (b - a) * f) by (rewrite H; nra). apply Rmult_le_reg_l with (b - a); lra.
Qed.

Lemma between_ends_left : forall f a b s x y k, f = x + (s - a) * k -> y = x + (b - a) * k -> a <= s -> s < b ->
  0 < x -> 0 <= y -> 0 < f.
Proof.
  intros f a b s x y k Hf Hy Ha Hb Hx Hyy.
  assert ((b - a) * f = (b - s) * x + (s - a) * y) by (subst; ring).
  assert (0 < (b - a) * f) by (rewrite H; nra). apply Rmult_lt_reg_l with (b - a); lra.
Qed.

Lemma between_ends_right : forall f a b s x y k, f = x + (s - a) * k -> y = x + (b - a) * k -> a < s -> s <= b ->
  0 <= x -> 0 < y -> 0 < f.
Proof.
  intros f a b s x y k Hf Hy Ha Hb Hx Hyy.
  assert ((b - a) * f = (b - s) * x + (s - a) * y) by (subst; ring).
  assert (0 < (b - a) * f) by (rewrite H; nra). apply Rmult_lt_reg_l with (b - a); lra.
Qed.

Lemma between_ends_both : forall f a b s x y k, f = x + (s - a) * k -> y = x + (b - a) * k -> a <= s -> s <= b ->
  0 < x -> 0 < y -> 0 < f.
Proof.
  intros f a b s x y k Hf Hy Ha Hb Hx Hyy. destruct (Req_dec s b) as [E|E].
  - assert (f = y) by (subst; ring). lra.
  - apply (between_ends_left f a b s x y k); lra.
Qed.

(* The same number, written so that its sign can be read off. *)
Lemma pos_by : forall x y, x = y -> 0 < y -> 0 < x.
Proof. intros. lra. Qed.
Lemma nonneg_by : forall x y, x = y -> 0 <= y -> 0 <= x.
Proof. intros. lra. Qed.
Lemma nonzero_by_pos : forall x y, x = y -> 0 < y -> x <> 0.
Proof. intros. lra. Qed.
Lemma nonzero_by : forall x y : R, x = y -> y <> 0 -> x <> 0.
Proof. intros. subst. assumption. Qed.
Lemma nonzero_by_neg : forall x y, - x = y -> 0 < y -> x <> 0.
Proof. intros. lra. Qed.

(* Integers in strict order are at least one apart. *)
Lemma integer_slack : forall x, integer x -> - 1 < x -> 0 <= x.
Proof.
  intros x [k Hk] H. subst. apply IZR_le. apply lt_IZR in H. lia.
Qed.

Lemma even_power_pos : forall x k, x <> 0 -> 0 < x ^ (2 * k).
Proof. exact pow_even_pos. Qed.

Lemma ln_pos : forall x, 0 < x - 1 -> 0 < ln x.
Proof. intros. rewrite <- ln_1. apply ln_increasing; lra. Qed.
Lemma ln_nonneg : forall x, 0 <= x - 1 -> 0 <= ln x.
Proof. intros. rewrite <- ln_1. destruct (Req_dec x 1); [subst; lra|]. left. apply ln_increasing; lra. Qed.
Lemma ln_neg : forall x, 0 < x -> 0 < - (x - 1) -> 0 < - ln x.
Proof. intros. assert (ln x < ln 1) by (apply ln_increasing; lra). rewrite ln_1 in *. lra. Qed.
Lemma ln_nonpos : forall x, 0 < x -> 0 <= - (x - 1) -> 0 <= - ln x.
Proof.
  intros. destruct (Req_dec x 1); [subst; rewrite ln_1; lra|]. assert (0 < - ln x) by (apply ln_neg; lra). lra.
Qed.

Lemma ln_order : forall a b, 0 < a -> 0 < b -> 0 < a - b -> 0 < ln a - ln b.
Proof. intros. assert (ln b < ln a) by (apply ln_increasing; lra). lra. Qed.

Lemma exp_below_one : forall t, 0 < - t -> 0 < 1 - exp t.
Proof. intros. assert (exp t < exp 0) by (apply exp_increasing; lra). rewrite exp_0 in *. lra. Qed.
Lemma exp_above_one : forall t, 0 < t -> 0 < - (1 - exp t).
Proof. intros. assert (exp 0 < exp t) by (apply exp_increasing; lra). rewrite exp_0 in *. lra. Qed.

(* One minus a power, by what is known of its base and its exponent. *)
Lemma rpower_small_pos : forall b e, 0 < b -> 0 < 1 - b -> 0 < e -> 0 < 1 - Rpower b e.
Proof. intros. unfold Rpower. apply exp_below_one. assert (0 < - ln b) by (apply ln_neg; lra). nra. Qed.
Lemma rpower_small_neg : forall b e, 0 < b -> 0 < 1 - b -> 0 < - e -> 0 < - (1 - Rpower b e).
Proof. intros. unfold Rpower. apply exp_above_one. assert (0 < - ln b) by (apply ln_neg; lra). nra. Qed.
Lemma rpower_large_pos : forall b e, 0 < b -> 0 < - (1 - b) -> 0 < e -> 0 < - (1 - Rpower b e).
Proof. intros. unfold Rpower. apply exp_above_one. assert (0 < ln b) by (apply ln_pos; lra). nra. Qed.
Lemma rpower_large_neg : forall b e, 0 < b -> 0 < - (1 - b) -> 0 < - e -> 0 < 1 - Rpower b e.
Proof. intros. unfold Rpower. apply exp_below_one. assert (0 < ln b) by (apply ln_pos; lra). nra. Qed.

Lemma product_below_one : forall a b, 0 < a -> 0 < 1 - a -> 0 < b -> 0 < 1 - b -> 0 < 1 - a * b.
Proof. intros. nra. Qed.

Lemma Rmin_pos : forall a b, 0 < a -> 0 < b -> 0 < Rmin a b.
Proof. intros. apply Rmin_glb_lt; assumption. Qed.
Lemma Rmin_nonneg : forall a b, 0 <= a -> 0 <= b -> 0 <= Rmin a b.
Proof. intros. apply Rmin_glb; assumption. Qed.
Lemma Rmax_pos : forall a b, 0 < a -> 0 < b -> 0 < Rmax a b.
Proof. intros a b H _. apply Rlt_le_trans with a; [assumption | apply Rmax_l]. Qed.
Lemma Rmax_nonneg : forall a b, 0 <= a -> 0 <= b -> 0 <= Rmax a b.
Proof. intros a b H _. apply Rle_trans with a; [assumption | apply Rmax_l]. Qed.

Lemma Rmax_pos_by : forall a b c, 0 < c -> c = a \/ c = b -> 0 < Rmax a b.
Proof. intros a b c H [E|E]; subst; apply (Rlt_le_trans _ _ _ H); [apply Rmax_l | apply Rmax_r]. Qed.
Lemma Rmax_nonneg_by : forall a b c, 0 <= c -> c = a \/ c = b -> 0 <= Rmax a b.
Proof. intros a b c H [E|E]; subst; apply (Rle_trans _ _ _ H); [apply Rmax_l | apply Rmax_r]. Qed.

(* What is the smaller and the larger of two numbers, by the order of two others. *)
Lemma two_orders : forall a b, a <= b \/ b <= a.
Proof. intros. lra. Qed.
Lemma same_order : forall a b c d k, b - a = k * (d - c) -> 0 <= k -> c <= d -> a <= b.
Proof. intros. assert (0 <= k * (d - c)) by (apply Rmult_le_pos; lra). lra. Qed.

(* The sine is positive between 0 and pi; the sine and the cosine of a double. *)
Lemma sin_pos : forall x y, 0 < x -> 0 < y -> y = PI - x -> 0 < sin x.
Proof. intros. apply sin_gt_0; lra. Qed.
Lemma sin_double : forall a b, a = 2 * b -> sin a = 2 * sin b * cos b.
Proof. intros. subst. apply sin_2a. Qed.
Lemma cos_double : forall a b, a = 2 * b -> cos a = 1 - 2 * sin b * sin b.
Proof. intros. subst. apply cos_2a_sin. Qed.

(* The sign tree of a formula: one rule for each shape, and what is known beside. *)
Ltac pos := first
  [ assumption
  | match goal with
    | |- 0 < _ * _ => apply Rmult_lt_0_compat; pos
    | |- 0 < _ / _ => apply Rdiv_lt_0_compat; pos
    | |- 0 < / _ => apply Rinv_0_lt_compat; pos
    | |- 0 < exp _ => apply exp_pos
    | |- 0 < Rpower _ _ => apply rpower_pos
    | |- 0 < sqrt _ => apply sqrt_lt_R0; pos
    | |- 0 < Rabs _ => apply abs_pos; nonzero
    | |- 0 < PI => apply PI_RGT_0
    | |- 0 < _ ^ _ => apply pow_lt; pos
    | |- 0 < _ ^ 2 => apply square_pos; nonzero
    | |- 0 < _ ^ 4 => apply (pow_even_pos _ 2); nonzero
    | |- 0 < _ + _ => first [ apply Rplus_lt_le_0_compat; [pos | nonneg] | apply Rplus_le_lt_0_compat; [nonneg | pos] ]
    end
  | lra ]
with nonneg := first
  [ assumption
  | match goal with
    | |- 0 <= _ * _ => apply Rmult_le_pos; nonneg
    | |- 0 <= _ / _ => apply div_nonneg; [nonneg | pos]
    | |- 0 <= / _ => apply inv_nonneg; pos
    | |- 0 <= exp _ => left; apply exp_pos
    | |- 0 <= Rpower _ _ => left; apply rpower_pos
    | |- 0 <= sqrt _ => apply sqrt_pos
    | |- 0 <= Rabs _ => apply Rabs_pos
    | |- 0 <= ?x * ?x => apply square_nonneg
    | |- 0 <= _ ^ 2 => apply pow2_ge_0
    | |- 0 <= _ ^ 4 => apply (pow_even_nonneg _ 2)
    | |- 0 <= _ ^ 6 => apply (pow_even_nonneg _ 3)
    | |- 0 <= _ ^ _ => apply pow_le; nonneg
    | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; nonneg
    end
  | left; pos
  | lra ]
with nonzero := first
  [ assumption
  | match goal with
    | |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
    | |- _ ^ _ <> 0 => apply pow_nonzero; nonzero
    | |- / _ <> 0 => apply Rinv_neq_0_compat; nonzero
    | |- _ / _ <> 0 => apply Rmult_integral_contrapositive_currified; [nonzero | apply Rinv_neq_0_compat; nonzero]
    end
  | apply Rgt_not_eq; unfold Rgt; pos
  | lra ].

(* Products of pairs of short facts. What is longer is put aside, so that the work is bounded without a clock: what is
   accepted does not depend on how fast the machine is. *)
Ltac letter x := first [ is_var x | lazymatch x with IZR _ => idtac | ?f ?i => is_var f; is_var i end ].
Ltac short x := lazymatch x with
  | ?a + ?b => letter a; letter b
  | ?a - ?b => letter a; letter b
  | ?a * ?b => letter a; letter b
  | ?a / ?b => letter a; letter b
  | - ?a => letter a
  | _ => letter x
  end.
Ltac short_facts := repeat match goal with
  | H : ?a < ?b |- _ => tryif (short a; short b) then fail else clear H
  | H : ?a <= ?b |- _ => tryif (short a; short b) then fail else clear H
  | H : ?a <> ?b |- _ => clear H
  | H : @eq R _ _ |- _ => clear H
  end.

(* What is known to be positive, in another order of its terms. *)
Ltac known_positive := solve [ assumption | pos | lra
  | match goal with H : 0 < ?x |- 0 < ?y => replace y with x by ring; exact H end | short_facts; nra ].

(* The side conditions of field: a denominator is a multiple of one that is known not to vanish. *)
Ltac known_nonzero := match goal with
  | H : ?x <> 0 |- ?y <> 0 => solve [ intro E; apply H; first [ lra | field_simplify_eq; [ lra | repeat split; nonzero ] ] ]
  | H : 0 < ?x |- ?y <> 0 => solve [ intro E; first [ lra
      | assert (x = 0) by (field_simplify_eq; [ lra | repeat split; nonzero ]); lra ] ]
  end.
(* What is known of exponentials, in the units that equations W of the context write them in. *)
Ltac in_units := repeat match goal with H : ?P |- _ =>
  lazymatch P with _ <> 0 => idtac | 0 < _ => idtac end;
  match P with context [exp ?a] =>
    tryif (match goal with K : exp _ = ?p |- _ => match p with context [exp a] => idtac end end) then fail else
    match goal with W : exp ?b = _ |- _ =>
      first [ constr_eq a b | replace (exp a) with (exp b) in H by (apply f_equal; ring) ]; rewrite W in H
    end
  end end.
Ltac side := repeat split; first [ assumption | solve [nonzero] | known_nonzero | known_positive
  | match goal with W : exp _ = _ |- _ <> 0 => solve [in_units; known_nonzero] end | nra ].

(* Comparisons from the sign of a difference, and chains of them. *)
Lemma lt_by_difference : forall a b, 0 < b - a -> a < b.
Proof. intros. lra. Qed.
Lemma le_by_difference : forall a b, 0 <= b - a -> a <= b.
Proof. intros. lra. Qed.
Lemma eq_eq : forall a b c : R, a = b -> b = c -> a = c.
Proof. intros. congruence. Qed.
Lemma eq_lt : forall a b c, a = b -> b < c -> a < c.
Proof. intros. subst. assumption. Qed.
Lemma eq_le : forall a b c, a = b -> b <= c -> a <= c.
Proof. intros. subst. assumption. Qed.
Lemma lt_eq : forall a b c, a < b -> b = c -> a < c.
Proof. intros. subst. assumption. Qed.
Lemma le_eq : forall a b c, a <= b -> b = c -> a <= c.
Proof. intros. subst. assumption. Qed.
Lemma lt_lt : forall a b c, a < b -> b < c -> a < c.
Proof. intros. lra. Qed.
Lemma lt_le : forall a b c, a < b -> b <= c -> a < c.
Proof. intros. lra. Qed.
Lemma le_lt : forall a b c, a <= b -> b < c -> a < c.
Proof. intros. lra. Qed.
Lemma le_le : forall a b c, a <= b -> b <= c -> a <= c.
Proof. intros. lra. Qed.

(* Two comparisons are equivalent when their differences have a quotient of one sign. *)
Lemma iff_lt : forall a b c d f, a - b = f * (c - d) -> 0 < f -> (a < b <-> c < d).
Proof. intros. split; intro; nra. Qed.
Lemma iff_le : forall a b c d f, a - b = f * (c - d) -> 0 < f -> (a <= b <-> c <= d).
Proof. intros. split; intro; nra. Qed.
Lemma iff_zero : forall a b c d f, a - b = f * (c - d) -> f <> 0 -> (a = b <-> c = d).
Proof.
  intros a b c d f H Hf. split; intro E.
  - assert (f * (c - d) = 0) by lra. apply Rmult_integral in H0. destruct H0; [contradiction | lra].
  - subst. replace (d - d) with 0 in H by ring. lra.
Qed.
Lemma iff_nonzero : forall a b c d f, a - b = f * (c - d) -> f <> 0 -> (a <> b <-> c <> d).
Proof. intros a b c d f H Hf. pose proof (iff_zero a b c d f H Hf). tauto. Qed.

(* A given equation, solved for a symbol that is linear in it. *)
Lemma solved : forall r c x s, r = c * (x - s) -> c <> 0 -> r = 0 -> x = s.
Proof.
  intros r c x s H Hc H0. subst r. apply Rmult_integral in H0. destruct H0; [contradiction | lra].
Qed.

(* A lemma applied to arguments: one of its hypotheses is asked for; the last part of what it says; its text here. *)
Ltac premise H := match type of H with ?P -> _ => let K := fresh in assert (K : P); [| specialize (H K); clear K] end.
Ltac last_part H := repeat match type of H with _ /\ _ => destruct H as [_ H] end.
Ltac same_number := first
  [ reflexivity | ring | solve [field; side] | f_equal; same_number ].
Ltac restate H := first
  [ exact H
  | match type of H with
    | ?a < ?b => match goal with |- ?c < ?d => replace c with a by same_number; replace d with b by same_number; exact H end
    | ?a <= ?b => match goal with |- ?c <= ?d => replace c with a by same_number; replace d with b by same_number; exact H end
    | ?a = ?b => match goal with |- ?c = ?d => replace c with a by same_number; replace d with b by same_number; exact H end
    | ?a <> ?b => match goal with |- ?c <> ?d => replace c with a by same_number; replace d with b by same_number; exact H end
    end ].

(* What is known, where its sides have another form inside of functions: exponentials of one number become one. *)
Ltac unify_exponentials := repeat match goal with
  | |- context [exp ?a] => match goal with
    | |- context [exp ?b] => tryif constr_eq a b then fail else replace (exp a) with (exp b) by (apply f_equal; ring)
    end
  end.
Ltac same_head a c := first
  [ lazymatch a with ?f _ _ => lazymatch c with ?g _ _ => constr_eq f g end end
  | lazymatch a with ?f _ => lazymatch c with ?g _ => constr_eq f g end end ].
Ltac one_number := unify_exponentials; same_number.
Ltac known_in_another_form := match goal with
  | H : ?a < ?b |- ?c < ?d =>
      same_head a c; same_head b d; solve [ replace c with a by one_number; replace d with b by one_number; exact H ]
  | H : ?a <= ?b |- ?c <= ?d =>
      same_head a c; same_head b d; solve [ replace c with a by one_number; replace d with b by one_number; exact H ]
  end.

(* A comparison whose sides are written in another way. *)
Lemma both_lt : forall a b c d, a < b -> a = c -> b = d -> c < d.
Proof. intros; congruence. Qed.
Lemma both_le : forall a b c d, a <= b -> a = c -> b = d -> c <= d.
Proof. intros; congruence. Qed.
Lemma both_eq : forall a b c d : R, a = b -> a = c -> b = d -> c = d.
Proof. intros; congruence. Qed.
Lemma both_ne : forall a b c d : R, a <> b -> a = c -> b = d -> c <> d.
Proof. intros; congruence. Qed.
