(* Exponentials, powers and logarithms as products of powers of a few units. *)
Require Import Reals Psatz Lra ZArith.
Require Import W2S.Signs.
Open Scope R_scope.

Lemma exp_by : forall a t p, a = t -> exp t = p -> exp a = p.
Proof. intros. congruence. Qed.

Lemma rpower_by : forall b y t p, y * ln b = t -> exp t = p -> Rpower b y = p.
Proof. intros. unfold Rpower. congruence. Qed.

Lemma exp_times : forall k u, exp (INR k * u) = exp u ^ k.
Proof.
  intros k u. induction k as [|k IH]; [simpl; rewrite Rmult_0_l; apply exp_0|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, IH. simpl. ring.
Qed.

Lemma exp_piece : forall (k : positive) u, exp (IZR (Zpos k) * u) = exp u ^ (Pos.to_nat k).
Proof. intros. rewrite <- exp_times. rewrite INR_IZR_INZ, positive_nat_Z. reflexivity. Qed.

Lemma exp_piece_inv : forall (k : positive) u, exp (IZR (Zneg k) * u) = / (exp u ^ (Pos.to_nat k)).
Proof.
  intros. replace (IZR (Zneg k) * u) with (- (IZR (Zpos k) * u)).
  - rewrite exp_Ropp, exp_piece. reflexivity.
  - change (Zneg k) with (- Zpos k)%Z. rewrite opp_IZR. ring.
Qed.

Lemma ln_piece : forall (k : positive) b, 0 < b -> exp (IZR (Zpos k) * ln b) = b ^ (Pos.to_nat k).
Proof. intros. rewrite exp_piece, exp_ln; [reflexivity | assumption]. Qed.

Lemma ln_piece_inv : forall (k : positive) b, 0 < b -> exp (IZR (Zneg k) * ln b) = / (b ^ (Pos.to_nat k)).
Proof. intros. rewrite exp_piece_inv, exp_ln; [reflexivity | assumption]. Qed.

Lemma ln_div : forall a b, 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof.
  intros. unfold Rdiv. rewrite ln_mult; [|assumption | apply Rinv_0_lt_compat; assumption].
  rewrite ln_Rinv by assumption. ring.
Qed.

Lemma ln_power : forall a (k : nat), 0 < a -> ln (a ^ k) = INR k * ln a.
Proof.
  intros a k H. induction k as [|k IH]; [simpl; rewrite ln_1; ring|].
  rewrite S_INR. simpl. rewrite ln_mult; [|assumption | apply pow_lt; assumption]. rewrite IH. ring.
Qed.

Lemma ln_sqrt : forall a, 0 < a -> ln (sqrt a) = ln a / 2.
Proof.
  intros a H. assert (0 < sqrt a) by (apply sqrt_lt_R0; assumption).
  assert (ln a = ln (sqrt a) + ln (sqrt a)) by (rewrite <- ln_mult by assumption; rewrite sqrt_sqrt by lra; reflexivity).
  lra.
Qed.

(* Logarithms of products, quotients, powers and exponentials as sums, wherever their parts are positive. *)
Ltac write_logarithms := repeat first
  [ rewrite ln_exp
  | match goal with
    | |- context [ln (?a * ?b)] => rewrite (ln_mult a b) by known_positive
    | |- context [ln (?a / ?b)] => let K := fresh in assert (K : 0 < b) by known_positive; rewrite (ln_div a b) by known_positive
    | |- context [ln (/ ?b)] => rewrite (ln_Rinv b) by known_positive
    | |- context [ln (?a ^ ?k)] => rewrite (ln_power a k) by known_positive; simpl INR
    | |- context [ln (sqrt ?a)] => rewrite (ln_sqrt a) by known_positive
    | |- context [ln 1] => rewrite ln_1
    end ].

Lemma ln_is_zero : forall x, x = 1 -> ln x = 0.
Proof. intros. subst. apply ln_1. Qed.

(* Logarithms of one number in two forms become one. *)
Ltac unify_logarithms := repeat match goal with
  | |- context [ln ?a] => match goal with
    | |- context [ln ?b] => tryif constr_eq a b then fail else
        replace (ln a) with (ln b) by (apply f_equal; solve [ring | field; side])
    end
  end.
(* A quotient and its numerator are positive: so is its denominator. *)
Lemma denominator_pos : forall a b, 0 < a / b -> 0 < a -> 0 < b.
Proof.
  intros a b H Ha. destruct (Rtotal_order b 0) as [E|[E|E]]; [|subst|assumption].
  - assert (/ b < 0) by (apply Rinv_lt_0_compat; assumption). unfold Rdiv in H. nra.
  - unfold Rdiv in H. rewrite Rinv_0 in H. lra.
Qed.
Ltac positive_denominators := repeat match goal with
  | H : 0 < ?a / ?b |- _ => lazymatch goal with
    | K : 0 < b |- _ => fail
    | _ => assert (0 < b) by (apply (denominator_pos a b H); pos)
    end
  end.
Ltac same_exponent := positive_denominators; unfold Rpower in *; write_logarithms; unify_logarithms; first
  [ reflexivity | ring | solve [field; side] | apply ln_is_zero; solve [ring | field; side] | nra ].

(* Square roots: of products and quotients, and of what is not negative. *)
Ltac root_nonneg := solve [ assumption | nonneg | lra | nra ].
Lemma root_by : forall u p, 0 <= p -> p ^ 2 = u -> sqrt u = p.
Proof. intros u p Hp E. rewrite <- E. apply sqrt_pow2. assumption. Qed.
Lemma root_positive : forall u, 0 < u -> 0 < sqrt u.
Proof. intros. apply sqrt_lt_R0. assumption. Qed.
Ltac root_nonzero := apply Rgt_not_eq; apply sqrt_lt_R0; known_positive.
