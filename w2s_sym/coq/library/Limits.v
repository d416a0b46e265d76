(* Continuity up to an end where a base vanishes, and limits at infinity. *)
Require Import Reals Psatz Lra.
From Coquelicot Require Import Coquelicot.
Require Import W2S.Signs W2S.Sums W2S.Powers W2S.Slopes.
Open Scope R_scope.

Lemma power_continuous : forall (f : R -> R) (x r : R), 0 < r -> continuity_pt f x -> f x = 0 ->
  continuity_pt (fun y => power (f y) r) x.
Proof.
  intros f x r Hr Hf H0 eps Heps.
  assert (Hd : 0 < Rpower eps (/ r)) by apply rpower_pos.
  destruct (Hf (Rpower eps (/ r)) Hd) as [d [Hdpos Hclose]].
  exists d. split; [assumption|]. intros y Hy. specialize (Hclose y Hy).
  simpl in *. unfold R_dist in *. rewrite H0 in *. rewrite (power_of_zero 0 r) by reflexivity.
  rewrite Rminus_0_r in *. unfold power. destruct (Rlt_dec 0 (f y)) as [P|P].
  - rewrite Rabs_right by (left; apply rpower_pos). rewrite Rabs_right in Hclose by lra.
    assert (E : Rpower (Rpower eps (/ r)) r = eps).
    { rewrite Rpower_mult. rewrite Rinv_l by lra. apply Rpower_1. assumption. }
    rewrite <- E. unfold Rpower at 1 2. apply exp_increasing. apply Rmult_lt_compat_l; [assumption|].
    apply ln_increasing; assumption.
  - rewrite Rabs_R0. assumption.
Qed.

Lemma c_const : forall c x : R, continuity_pt (fun _ : R => c) x.
Proof. intros. apply continuity_pt_const. intros y z. reflexivity. Qed.
Lemma c_id : forall x : R, continuity_pt (fun y : R => y) x.
Proof. intros. apply derivable_continuous_pt. apply derivable_pt_id. Qed.
Lemma c_plus : forall (f g : R -> R) x, continuity_pt f x -> continuity_pt g x -> continuity_pt (fun y => f y + g y) x.
Proof. intros. apply (continuity_pt_plus f g); assumption. Qed.
Lemma c_minus : forall (f g : R -> R) x, continuity_pt f x -> continuity_pt g x -> continuity_pt (fun y => f y - g y) x.
Proof. intros. apply (continuity_pt_minus f g); assumption. Qed.
Lemma c_opp : forall (f : R -> R) x, continuity_pt f x -> continuity_pt (fun y => - f y) x.
Proof. intros. apply (continuity_pt_opp f); assumption. Qed.
Lemma c_mult : forall (f g : R -> R) x, continuity_pt f x -> continuity_pt g x -> continuity_pt (fun y => f y * g y) x.
Proof. intros. apply (continuity_pt_mult f g); assumption. Qed.
Lemma c_inv : forall (f : R -> R) x, continuity_pt f x -> f x <> 0 -> continuity_pt (fun y => / f y) x.
Proof. intros. apply (continuity_pt_inv f); assumption. Qed.
Lemma c_div : forall (f g : R -> R) x, continuity_pt f x -> continuity_pt g x -> g x <> 0 ->
  continuity_pt (fun y => f y / g y) x.
Proof. intros. apply (continuity_pt_div f g); assumption. Qed.
Lemma c_comp : forall (h f : R -> R) x, continuity_pt f x -> continuity_pt h (f x) -> continuity_pt (fun y => h (f y)) x.
Proof. intros. apply (continuity_pt_comp f h); assumption. Qed.
Lemma c_pow : forall (f : R -> R) n x, continuity_pt f x -> continuity_pt (fun y => f y ^ n) x.
Proof.
  intros f n x H. apply (c_comp (fun z => z ^ n) f); [assumption|].
  apply derivable_continuous_pt. apply derivable_pt_pow.
Qed.
Lemma c_exp : forall (f : R -> R) x, continuity_pt f x -> continuity_pt (fun y => exp (f y)) x.
Proof. intros. apply (c_comp exp f); [assumption|]. apply derivable_continuous_pt. apply derivable_pt_exp. Qed.
Lemma c_ln : forall (f : R -> R) x, continuity_pt f x -> 0 < f x -> continuity_pt (fun y => ln (f y)) x.
Proof.
  intros. apply (c_comp ln f); [assumption|]. apply derivable_continuous_pt. exists (/ f x).
  apply derivable_pt_lim_ln. assumption.
Qed.
Lemma c_rpower : forall (f g : R -> R) x, continuity_pt f x -> continuity_pt g x -> 0 < f x ->
  continuity_pt (fun y => Rpower (f y) (g y)) x.
Proof. intros. unfold Rpower. apply (c_exp (fun y => g y * ln (f y))). apply (c_mult g (fun y => ln (f y))); [assumption|]. apply c_ln; assumption. Qed.

(* The rule for the shape at hand; what is left are the conditions of quotients, logarithms and powers. *)
Ltac continuous := lazymatch goal with
  | |- continuity_pt (fun _ => ?c) _ => apply c_const
  | |- continuity_pt (fun y => y) _ => apply c_id
  | |- continuity_pt (fun y => @?f y + @?g y) ?x => apply (c_plus f g x); cbv beta; continuous
  | |- continuity_pt (fun y => @?f y - @?g y) ?x => apply (c_minus f g x); cbv beta; continuous
  | |- continuity_pt (fun y => - @?f y) ?x => apply (c_opp f x); cbv beta; continuous
  | |- continuity_pt (fun y => @?f y * @?g y) ?x => apply (c_mult f g x); cbv beta; continuous
  | |- continuity_pt (fun y => @?f y / @?g y) ?x => apply (c_div f g x); cbv beta; [continuous | continuous | idtac]
  | |- continuity_pt (fun y => / @?f y) ?x => apply (c_inv f x); cbv beta; [continuous | idtac]
  | |- continuity_pt (fun y => @?f y ^ ?n) ?x => apply (c_pow f n x); cbv beta; continuous
  | |- continuity_pt (fun y => exp (@?f y)) ?x => apply (c_exp f x); cbv beta; continuous
  | |- continuity_pt (fun y => ln (@?f y)) ?x => apply (c_ln f x); cbv beta; [continuous | idtac]
  | |- continuity_pt (fun y => Rpower (@?f y) (@?g y)) ?x => apply (c_rpower f g x); cbv beta; [continuous | continuous | idtac]
  | |- continuity_pt (fun y => power (@?f y) ?r) ?x => apply (power_continuous f x r); cbv beta; [idtac | continuous | idtac]
  | |- continuity_pt (fun y => secant _ _ _ y) _ => assumption
  end.

(* At an end: the base of a power vanishes there, or what is asserted beside. *)
Ltac at_end := repeat split; first
  [ assumption | ring | lra | solve [field; side] | solve [side]
  | zero_powers; first [assumption | lra | solve [side]] ].

(* A function of s that is, for large s, a function of 1/s which is continuous at zero. *)
Lemma limit_at_infinity : forall (f g : R -> R) (c : R), (exists M, 0 < M /\ forall s, M < s -> f s = g (/ s)) ->
  continuity_pt g 0 -> g 0 = c -> is_lim f p_infty c.
Proof.
  intros f g c [M [HM Heq]] Hc Hg. apply (is_lim_ext_loc (fun s => g (/ s))).
  - exists M. intros s Hs. symmetry. apply Heq. assumption.
  - apply (is_lim_comp g (fun s => / s) p_infty c 0).
    + rewrite <- Hg. apply is_lim_continuity. assumption.
    + apply (is_lim_inv (fun s => s) p_infty p_infty); [apply is_lim_id | discriminate].
    + exists 1. intros s Hs E. inversion E as [E2]. assert (0 < / s) by (apply Rinv_0_lt_compat; lra). lra.
Qed.

(* What holds for all large s: beyond a number that is beyond all of finitely many. *)
Definition eventually (P : R -> Prop) : Prop := exists M, 0 < M /\ forall s, M < s -> P s.

Lemma beyond : forall a (P : R -> Prop), (forall s, 0 < s -> a < s -> P s) -> eventually P.
Proof.
  intros a P H. exists (1 + Rabs a). pose proof (Rabs_pos a). split; [lra|].
  intros s Hs. apply H; [lra|]. pose proof (Rle_abs a). lra.
Qed.
Lemma both : forall P Q : R -> Prop, eventually P -> eventually Q -> eventually (fun s => P s /\ Q s).
Proof.
  intros P Q [M [HM HP]] [N [HN HQ]]. exists (M + N). split; [lra|]. intros s Hs. split; [apply HP | apply HQ]; lra.
Qed.
Lemma always : eventually (fun _ => True).
Proof. exists 1. split; [lra | trivial]. Qed.
Lemma from_there : forall P Q : R -> Prop, eventually P -> (forall s, 0 < s -> P s -> Q s) -> eventually Q.
Proof. intros P Q [M [HM HP]] H. exists M. split; [assumption|]. intros s Hs. apply H; [lra | apply HP; assumption]. Qed.

(* At the point zero of the inverse: only leading coefficients are left. *)
Ltac at_zero := repeat split; first
  [ assumption | solve [side]
  | match goal with H : ?a <> 0 |- ?b <> 0 => replace b with a by ring; exact H end
  | match goal with H : ?a <> 0 |- ?b <> 0 => let E := fresh in intro E; apply H; rewrite <- E; ring end ].
