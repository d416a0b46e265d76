(* Derivatives, one rule for each shape of a formula, and what a derivative of one sign says. *)
Require Import Reals Psatz Lra List.
From Coquelicot Require Import Coquelicot.
Require Import W2S.Signs W2S.Sums.
Open Scope R_scope.

Lemma derive_eq : forall (f : R -> R) (x d e : R), is_derive f x d -> d = e -> is_derive f x e.
Proof. intros. subst. assumption. Qed.

Lemma d_const : forall c x : R, is_derive (fun _ : R => c) x 0.
Proof. intros. apply (is_derive_const c x). Qed.
Lemma d_id : forall x : R, is_derive (fun y : R => y) x 1.
Proof. intros. apply (is_derive_id x). Qed.
Lemma d_plus : forall (f g : R -> R) (x a b : R), is_derive f x a -> is_derive g x b -> is_derive (fun y => f y + g y) x (a + b).
Proof. intros. apply (is_derive_plus f g x a b); assumption. Qed.
Lemma d_minus : forall (f g : R -> R) (x a b : R), is_derive f x a -> is_derive g x b -> is_derive (fun y => f y - g y) x (a - b).
Proof. intros. apply (is_derive_minus f g x a b); assumption. Qed.
Lemma d_opp : forall (f : R -> R) (x a : R), is_derive f x a -> is_derive (fun y => - f y) x (- a).
Proof. intros. apply (is_derive_opp f x a); assumption. Qed.
Lemma d_mult : forall (f g : R -> R) (x a b : R), is_derive f x a -> is_derive g x b ->
  is_derive (fun y => f y * g y) x (a * g x + f x * b).
Proof. intros. apply (is_derive_mult f g x a b); try assumption. intros. apply Rmult_comm. Qed.
Lemma d_inv : forall (f : R -> R) (x a : R), is_derive f x a -> f x <> 0 -> is_derive (fun y => / f y) x (- a / f x ^ 2).
Proof. intros. apply is_derive_inv; assumption. Qed.
Lemma d_div : forall (f g : R -> R) (x a b : R), is_derive f x a -> is_derive g x b -> g x <> 0 ->
  is_derive (fun y => f y / g y) x ((a * g x - f x * b) / g x ^ 2).
Proof.
  intros. apply (derive_eq _ _ (a * / g x + f x * (- b / g x ^ 2))).
  - unfold Rdiv at 1. apply (d_mult f (fun y => / g y)); [assumption | apply d_inv; assumption].
  - field. assumption.
Qed.
Lemma d_pow : forall (f : R -> R) (x a : R) (n : nat), is_derive f x a -> is_derive (fun y => f y ^ n) x (INR n * a * f x ^ pred n).
Proof. intros. apply is_derive_pow. assumption. Qed.
Lemma d_exp : forall (f : R -> R) (x a : R), is_derive f x a -> is_derive (fun y => exp (f y)) x (a * exp (f x)).
Proof. intros. apply (is_derive_comp exp f); [apply is_derive_exp | assumption]. Qed.
Lemma d_ln : forall (f : R -> R) (x a : R), is_derive f x a -> 0 < f x -> is_derive (fun y => ln (f y)) x (a / f x).
Proof. intros. apply (is_derive_comp ln f); [apply is_derive_ln; assumption | assumption]. Qed.
Lemma d_sqrt : forall (f : R -> R) (x a : R), is_derive f x a -> 0 < f x -> is_derive (fun y => sqrt (f y)) x (a / (2 * sqrt (f x))).
Proof.
  intros f x a H Hp. assert (0 < sqrt (f x)) by (apply sqrt_lt_R0; assumption).
  apply (derive_eq _ _ (a * / (2 * sqrt (f x)))); [|unfold Rdiv; reflexivity].
  apply (is_derive_comp sqrt f); [|assumption]. apply is_derive_Reals. apply derivable_pt_lim_sqrt. assumption.
Qed.
Lemma d_sin : forall (f : R -> R) (x a : R), is_derive f x a -> is_derive (fun y => sin (f y)) x (a * cos (f x)).
Proof. intros. apply (is_derive_comp sin f); [apply is_derive_sin | assumption]. Qed.
Lemma d_cos : forall (f : R -> R) (x a : R), is_derive f x a -> is_derive (fun y => cos (f y)) x (a * - sin (f x)).
Proof. intros. apply (is_derive_comp cos f); [apply is_derive_cos | assumption]. Qed.
(* A power of a positive base: in units that the formula has already. *)
Lemma d_rpower : forall (f g : R -> R) (x a b : R), is_derive f x a -> is_derive g x b -> 0 < f x ->
  is_derive (fun y => Rpower (f y) (g y)) x ((b * ln (f x) + g x * (a / f x)) * Rpower (f x) (g x)).
Proof.
  intros. unfold Rpower. apply (d_exp (fun y => g y * ln (f y))).
  apply (d_mult g (fun y => ln (f y))); [assumption|]. apply d_ln; assumption.
Qed.
Lemma d_rpower_fixed : forall (f : R -> R) (g x a : R), is_derive f x a -> 0 < f x ->
  is_derive (fun y => Rpower (f y) g) x (g * (a / f x) * Rpower (f x) g).
Proof.
  intros. apply (derive_eq _ _ ((0 * ln (f x) + g * (a / f x)) * Rpower (f x) g)); [|ring].
  apply (d_rpower f (fun _ => g)); [assumption | apply d_const | assumption].
Qed.
Lemma d_total : forall A (f : A -> R -> R) (d : A -> R) S (x : R), (forall i, In i S -> is_derive (f i) x (d i)) ->
  is_derive (fun y => total (fun i => f i y) S) x (total d S).
Proof.
  intros A f d S x. induction S as [|a S IH]; simpl; intro H; [apply d_const|].
  apply (d_plus (f a) (fun y => total (fun i => f i y) S)).
  - apply H. left. reflexivity.
  - apply IH. intros i Hi. apply H. right. assumption.
Qed.

Lemma derive_at : forall (f : R -> R) (x d : R), is_derive f x d -> Derive f x = d.
Proof. intros. apply is_derive_unique. assumption. Qed.
Lemma derivable : forall (f : R -> R) (x d : R), is_derive f x d -> ex_derive f x.
Proof. intros f x d H. exists d. assumption. Qed.
Lemma continuous_by : forall (f : R -> R) (x d : R), is_derive f x d -> continuity_pt f x.
Proof. intros. apply derivable_continuous_pt. exists d. apply is_derive_Reals. assumption. Qed.

(* What holds at a point holds close to it, where a continuous function is positive, or is not zero. *)
Lemma near_pos : forall (f : R -> R) x, continuity_pt f x -> 0 < f x -> locally x (fun y => 0 < f y).
Proof.
  intros f x Hc H. destruct (Hc (f x) H) as [d [Hd Hclose]]. exists (mkposreal d Hd). intros y Hy.
  destruct (Req_dec y x) as [E|E]; [subst; assumption|].
  assert (D : R_dist (f y) (f x) < f x) by (apply Hclose; split; [split; [exact I | congruence] | exact Hy]).
  unfold R_dist in D. apply Rabs_def2 in D. lra.
Qed.
Lemma near_nonzero : forall (f : R -> R) x, continuity_pt f x -> f x <> 0 -> locally x (fun y => f y <> 0).
Proof.
  intros f x Hc H. destruct (Rdichotomy _ _ H) as [L|L].
  - apply (filter_imp (fun y => 0 < - f y)); [intros; lra|].
    apply (near_pos (fun y => - f y)); [apply (continuity_pt_opp f); assumption | lra].
  - apply (filter_imp (fun y => 0 < f y)); [intros; lra|]. apply near_pos; assumption.
Qed.

(* The derivative of a derivative, where that is known close to the point. *)
Lemma derive_of_derive : forall (f g : R -> R) (x d : R), locally x (fun y => is_derive f y (g y)) -> is_derive g x d ->
  is_derive (Derive f) x d.
Proof.
  intros f g x d H Hg. apply (is_derive_ext_loc g); [|assumption].
  apply (filter_imp (fun y => is_derive f y (g y))); [|assumption].
  intros y Hy. symmetry. apply is_derive_unique. exact Hy.
Qed.

(* Mean value theorem, with a derivative strictly inside and at one end, and continuity at the other. *)
Lemma mean_value : forall (f df : R -> R) (a b : R), a < b -> (forall x, a < x < b -> is_derive f x (df x)) ->
  continuity_pt f a -> continuity_pt f b -> exists c, a < c < b /\ f b - f a = df c * (b - a).
Proof.
  intros f df a b Hab Hd Ha Hb.
  assert (P : forall c, a < c < b -> derivable_pt f c).
  { intros c Hc. exists (df c). apply is_derive_Reals. apply Hd. assumption. }
  destruct (MVT f id a b P (fun c _ => derivable_pt_id c) Hab) as [c [Hc Heq]].
  - intros x Hx. destruct (Req_dec x a) as [E|E]; [subst; assumption|].
    destruct (Req_dec x b) as [E2|E2]; [subst; assumption|]. apply derivable_continuous_pt. apply P. lra.
  - intros x _. apply derivable_continuous_pt. apply derivable_pt_id.
  - exists c. split; [assumption|]. rewrite derive_pt_id in Heq. unfold id in Heq.
    assert (E : derive_pt f c (P c Hc) = df c).
    { apply derive_pt_eq_0. apply is_derive_Reals. apply Hd. assumption. }
    rewrite E in Heq. lra.
Qed.

(* A function that is zero at an end, with a derivative of one sign up to the point. *)
Lemma slope_from_below : forall (f df : R -> R) (a s : R), a < s -> (forall x, a < x <= s -> is_derive f x (df x)) ->
  continuity_pt f a -> f a = 0 -> (forall x, a < x < s -> 0 < df x) -> 0 < f s.
Proof.
  intros f df a s Has Hd Hc Hz Hp.
  destruct (mean_value f df a s Has) as [c [Hin Heq]]; [intros; apply Hd; lra | assumption | |].
  - apply (continuous_by f s (df s)). apply Hd. lra.
  - specialize (Hp c Hin). assert (0 < df c * (s - a)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.
Lemma slope_from_above : forall (f df : R -> R) (b s : R), s < b -> (forall x, s <= x < b -> is_derive f x (df x)) ->
  continuity_pt f b -> f b = 0 -> (forall x, s < x < b -> 0 < - df x) -> 0 < f s.
Proof.
  intros f df b s Hsb Hd Hc Hz Hp.
  destruct (mean_value f df s b Hsb) as [c [Hin Heq]]; [intros; apply Hd; lra | | assumption |].
  - apply (continuous_by f s (df s)). apply Hd. lra.
  - specialize (Hp c Hin). assert (0 < - df c * (b - s)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.
Lemma slope_from_below_weak : forall (f df : R -> R) (a s : R), a < s ->
  (forall x, a < x <= s -> is_derive f x (df x)) -> continuity_pt f a -> f a = 0 ->
  (forall x, a < x < s -> 0 <= df x) -> 0 <= f s.
Proof.
  intros f df a s Has Hd Hc Hz Hp.
  destruct (mean_value f df a s Has) as [c [Hin Heq]]; [intros; apply Hd; lra | assumption | |].
  - apply (continuous_by f s (df s)). apply Hd. lra.
  - specialize (Hp c Hin). assert (0 <= df c * (s - a)) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma slope_from_above_weak : forall (f df : R -> R) (b s : R), s < b ->
  (forall x, s <= x < b -> is_derive f x (df x)) -> continuity_pt f b -> f b = 0 ->
  (forall x, s < x < b -> 0 <= - df x) -> 0 <= f s.
Proof.
  intros f df b s Hsb Hd Hc Hz Hp.
  destruct (mean_value f df s b Hsb) as [c [Hin Heq]]; [intros; apply Hd; lra | | assumption |].
  - apply (continuous_by f s (df s)). apply Hd. lra.
  - specialize (Hp c Hin). assert (0 <= - df c * (b - s)) by (apply Rmult_le_pos; lra). lra.
Qed.

(* A function that is known next to an end, where only its limit is zero. *)
Lemma slope_from_below_limit : forall (f g df : R -> R) (a s : R), a < s ->
  (forall x, a < x <= s -> is_derive f x (df x)) -> (forall x, a < x <= s -> f x = g x) ->
  continuity_pt g a -> g a = 0 -> (forall x, a < x < s -> 0 < df x) -> 0 < f s.
Proof.
  intros f g df a s Has Hd Hfg Hc Hz Hp.
  assert (P : forall y z, a < y -> y < z -> z <= s -> f y < f z).
  { intros y z Hy Hyz Hzs. destruct (mean_value f df y z Hyz) as [c [Hin Heq]].
    - intros x Hx. apply Hd. lra.
    - apply (continuous_by f y (df y)). apply Hd. lra.
    - apply (continuous_by f z (df z)). apply Hd. lra.
    - assert (0 < df c) by (apply Hp; lra). assert (0 < df c * (z - y)) by (apply Rmult_lt_0_compat; lra). lra. }
  set (m := (a + s) / 2). assert (Hm : a < m /\ m < s) by (unfold m; lra). destruct Hm as [Hm1 Hm2].
  assert (L : f m < f s) by (apply P; lra). destruct (Rle_or_lt 0 (f m)) as [N|N]; [lra|].
  destruct (Hc (- f m)) as [d [Hd0 Hclose]]; [lra|].
  set (y := a + Rmin d (m - a) / 2). assert (B : 0 < Rmin d (m - a)) by (apply Rmin_glb_lt; lra).
  assert (B1 : Rmin d (m - a) <= d) by apply Rmin_l. assert (B2 : Rmin d (m - a) <= m - a) by apply Rmin_r.
  assert (Hy : f y < f m) by (apply P; unfold y; lra).
  assert (D : R_dist (g y) (g a) < - f m).
  { apply Hclose. split; [split; [exact I | unfold y; lra]|]. simpl. unfold R_dist, y.
    rewrite Rabs_pos_eq; lra. }
  rewrite Hz, <- Hfg in D by (unfold y; lra). unfold R_dist in D. apply Rabs_def2 in D. lra.
Qed.

(* The secant of what vanishes at a, which has the slope d there. *)
Definition secant (g : R -> R) (a d x : R) : R := if Req_EM_T x a then d else g x / (x - a).

Lemma secant_inside : forall g a d x, x - a <> 0 -> secant g a d x = g x / (x - a).
Proof. intros g a d x H. unfold secant. destruct (Req_EM_T x a); [lra | reflexivity]. Qed.

Lemma secant_at : forall g a d, secant g a d a = d.
Proof. intros g a d. unfold secant. destruct (Req_EM_T a a); [reflexivity | lra]. Qed.

Lemma secant_continuous : forall (g : R -> R) (a d : R), is_derive g a d -> g a = 0 ->
  continuity_pt (fun x => secant g a d x) a.
Proof.
  intros g a d H Hz. apply is_derive_Reals in H. intros e He. destruct (H e He) as [r Hr].
  exists r. split; [apply cond_pos|]. intros x [[_ Hne] Hx]. simpl in *. unfold R_dist in *.
  rewrite secant_at, secant_inside by lra. specialize (Hr (x - a)). rewrite Hz in Hr.
  replace (a + (x - a)) with x in Hr by ring. rewrite Rminus_0_r in Hr. apply Hr; [lra | assumption].
Qed.

(* A power that is zero where its base is: Coq's Rpower says nothing there. *)
Definition power (x r : R) : R := if Rlt_dec 0 x then Rpower x r else 0.

Lemma power_of_positive : forall x r, 0 < x -> power x r = Rpower x r.
Proof. intros x r H. unfold power. destruct (Rlt_dec 0 x); [reflexivity | contradiction]. Qed.

Lemma power_of_zero : forall x r, x = 0 -> power x r = 0.
Proof. intros x r H. unfold power. destruct (Rlt_dec 0 x); [lra | reflexivity]. Qed.

(* Wherever the base is positive, or zero: one power may stand in the base of another. *)
Ltac plain_powers := repeat match goal with
  | |- context [power ?b ?r] => rewrite (power_of_positive b r) by known_positive
  end.
Ltac zero_powers := repeat match goal with
  | |- context [power ?b ?r] => rewrite (power_of_zero b r) by (first [ring | lra | solve [field; side]])
  end.
(* What was shown in a case, written with other powers. *)
Ltac parts H := repeat match type of H with _ /\ _ => let K := fresh "W_part" in destruct H as [K H] end.
Ltac by_case H := repeat split; first
  [ assumption | lra | solve [side] | (apply (nonneg_by _ 0); [solve [field; side] | lra]) | restate H ].

Lemma d_power : forall (f : R -> R) (r x a : R), is_derive f x a -> 0 < f x ->
  is_derive (fun y => power (f y) r) x (r * (a / f x) * Rpower (f x) r).
Proof.
  intros f r x a Hd Hp. apply (is_derive_ext_loc (fun y => Rpower (f y) r)).
  - assert (C : continuity_pt f x) by (apply (continuous_by f x a); assumption).
    destruct (C (f x) Hp) as [d [Hdpos Hclose]]. exists (mkposreal d Hdpos). intros y Hy.
    symmetry. apply power_of_positive. destruct (Req_dec y x) as [E|E]; [subst; assumption|].
    assert (D : R_dist (f y) (f x) < f x).
    { apply Hclose. split; [split; [exact I | congruence]|]. exact Hy. }
    unfold R_dist in D. apply Rabs_def2 in D. lra.
  - apply (d_rpower_fixed f r x a); assumption.
Qed.

(* The rule for the shape at hand; what is left are the conditions of quotients, powers, logarithms and roots. *)
Ltac derive := first [ known_derivative | derive_by_rule ]
with known_derivative := match goal with H : is_derive ?f ?x _ |- is_derive ?f ?x _ => exact H end
with derive_by_rule := lazymatch goal with
  | |- is_derive (fun _ => ?c) _ _ => apply d_const
  | |- is_derive (fun y => y) _ _ => apply d_id
  | |- is_derive (fun y => @?f y + @?g y) ?x _ => eapply (d_plus f g x); cbv beta; derive
  | |- is_derive (fun y => @?f y - @?g y) ?x _ => eapply (d_minus f g x); cbv beta; derive
  | |- is_derive (fun y => - @?f y) ?x _ => eapply (d_opp f x); cbv beta; derive
  | |- is_derive (fun y => @?f y * @?g y) ?x _ => eapply (d_mult f g x); cbv beta; derive
  | |- is_derive (fun y => @?f y / @?g y) ?x _ => eapply (d_div f g x); cbv beta; [derive | derive | idtac]
  | |- is_derive (fun y => / @?f y) ?x _ => eapply (d_inv f x); cbv beta; [derive | idtac]
  | |- is_derive (fun y => @?f y ^ ?n) ?x _ => eapply (d_pow f x); cbv beta; derive
  | |- is_derive (fun y => exp (@?f y)) ?x _ => eapply (d_exp f x); cbv beta; derive
  | |- is_derive (fun y => ln (@?f y)) ?x _ => eapply (d_ln f x); cbv beta; [derive | idtac]
  | |- is_derive (fun y => sqrt (@?f y)) ?x _ => eapply (d_sqrt f x); cbv beta; [derive | idtac]
  | |- is_derive (fun y => sin (@?f y)) ?x _ => eapply (d_sin f x); cbv beta; derive
  | |- is_derive (fun y => cos (@?f y)) ?x _ => eapply (d_cos f x); cbv beta; derive
  | |- is_derive (fun y => Rpower (@?f y) ?g) ?x _ => eapply (d_rpower_fixed f g x); cbv beta; [derive | idtac]
  | |- is_derive (fun y => Rpower (@?f y) (@?g y)) ?x _ => eapply (d_rpower f g x); cbv beta; [derive | derive | idtac]
  | |- is_derive (fun y => power (@?f y) ?g) ?x _ => eapply (d_power f g x); cbv beta; [derive | idtac]
  | |- is_derive (fun y => total (fun i => @?f i y) ?S) ?x _ =>
      eapply (d_total _ (fun i y => f i y) _ S x); let i := fresh "W_d" in let Hin := fresh "W_din" in
      intros i Hin; at_level Hin; cbv beta; derive
  end.
Ltac plain := cbv beta; rewrite ?INR_IZR_INZ; simpl Z.of_nat; simpl pred.
