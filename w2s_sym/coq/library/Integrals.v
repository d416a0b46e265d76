(* Integrals up to ends where the integrand need not have a value: antiderivatives, parts, substitution. *)
Require Import Reals Psatz Lra.
From Coquelicot Require Import Coquelicot.
Require Import W2S.Signs W2S.Sums W2S.Powers W2S.Slopes W2S.Limits.
Open Scope R_scope.

(* The numbers just below an end, which may be infinite. *)
Definition up_to (b : Rbar) : (R -> Prop) -> Prop :=
  match b with Finite r => at_left r | _ => Rbar_locally b end.
Definition below (x : R) (b : Rbar) : Prop := Rbar_lt x b.

(* The integral of f from a to b: the limit of the integrals from u to v as u falls to a and v rises to b. *)
Definition has_integral (f : R -> R) (a : R) (b : Rbar) (l : R) : Prop :=
  is_RInt_gen (V := R_NormedModule) f (at_right a) (up_to b) l.
Definition converges (f : R -> R) (a : R) (b : Rbar) : Prop := exists l : R, has_integral f a b l.
Definition integral (f : R -> R) (a : R) (b : Rbar) : R :=
  RInt_gen (V := R_CompleteNormedModule) f (at_right a) (up_to b).

#[global] Instance up_to_filter : forall b, ProperFilter (up_to b).
Proof. intros [r| |]; unfold up_to; apply _ || apply at_left_proper_filter || apply Rbar_locally_filter. Qed.

(* Near both ends, all between lies inside. *)
Lemma near_ends : forall (a : R) (b : Rbar), below a b ->
  filter_prod (at_right a) (up_to b)
    (fun uv => a < fst uv /\ fst uv < snd uv /\ below (snd uv) b).
Proof.
  intros a [b| |] H; unfold below in *; simpl in *; [| |contradiction].
  - assert (Hd : 0 < (b - a) / 2) by lra.
    apply (Filter_prod _ _ _ (fun u => a < u < (a + b) / 2) (fun v => (a + b) / 2 < v < b)).
    + exists (mkposreal _ Hd). intros u Hu Hau. unfold ball in Hu. simpl in Hu. unfold AbsRing_ball, abs, minus, plus, opp in Hu.
      simpl in Hu. apply Rabs_def2 in Hu. lra.
    + exists (mkposreal _ Hd). intros u Hu Hau. unfold ball in Hu. simpl in Hu. unfold AbsRing_ball, abs, minus, plus, opp in Hu.
      simpl in Hu. apply Rabs_def2 in Hu. lra.
    + simpl. intros u v Hu Hv. lra.
  - apply (Filter_prod _ _ _ (fun u => a < u < a + 1) (fun v => a + 1 < v)).
    + exists (mkposreal _ Rlt_0_1). intros u Hu Hau. unfold ball in Hu. simpl in Hu. unfold AbsRing_ball, abs, minus, plus, opp in Hu.
      simpl in Hu. apply Rabs_def2 in Hu. lra.
    + exists (a + 1). intros v Hv. assumption.
    + simpl. intros u v Hu Hv. repeat split; lra.
Qed.

Lemma inside_lt : forall x y (b : Rbar), x <= y -> below y b -> below x b.
Proof. intros x y [b| |]; unfold below; simpl; intros; try lra; auto. Qed.

(* Where the limit exists there is one only, and it is the integral. *)
Lemma value_of : forall f a b l, has_integral f a b l -> integral f a b = l.
Proof. intros f a b l H. apply (is_RInt_gen_unique (V := R_CompleteNormedModule)). exact H. Qed.

Lemma converged : forall f a b l, converges f a b -> integral f a b = l -> has_integral f a b l.
Proof. intros f a b l [k H] E. rewrite <- E, (value_of f a b k H). assumption. Qed.

Lemma its_value : forall f a b, converges f a b -> has_integral f a b (integral f a b).
Proof. intros f a b H. apply converged; [assumption | reflexivity]. Qed.

Lemma converges_to : forall f a b l, has_integral f a b l -> converges f a b.
Proof. intros f a b l H. exists l. assumption. Qed.

Lemma same_integrand : forall (f g : R -> R) a b (l : R), below a b -> (forall x, a < x -> below x b -> f x = g x) ->
  has_integral g a b l -> has_integral f a b l.
Proof.
  intros f g a b l Hab E. apply is_RInt_gen_ext.
  apply (filter_imp _ _ (fun uv H => H)). generalize (near_ends a b Hab). apply filter_imp.
  intros [u v] [Hu [Huv Hv]] x Hx. simpl in *. rewrite Rmin_left, Rmax_right in Hx by lra. symmetry. apply E; [lra|].
  apply (inside_lt x v); [lra | assumption].
Qed.

Lemma multiple : forall (f g : R -> R) (c : R) a b (l : R), below a b ->
  (forall x, a < x -> below x b -> f x = c * g x) ->
  has_integral g a b l -> has_integral f a b (c * l).
Proof.
  intros f g c a b l Hab E H. apply (same_integrand f (fun x => c * g x)); [assumption | assumption|].
  apply (is_RInt_gen_scal g c l). assumption.
Qed.

Lemma antiderivative : forall (F f : R -> R) a b (la lb : R), below a b ->
  (forall x, a < x -> below x b -> is_derive F x (f x)) -> (forall x, a < x -> below x b -> continuity_pt f x) ->
  filterlim F (at_right a) (locally la) -> filterlim F (up_to b) (locally lb) ->
  has_integral f a b (lb - la).
Proof.
  intros F f a b la lb Hab Hd Hc Ha Hb P HP.
  assert (HF : filterlim (fun uv => F (snd uv) - F (fst uv)) (filter_prod (at_right a) (up_to b)) (locally (lb - la))).
  { apply (filterlim_comp_2 (F := filter_prod (at_right a) (up_to b)) (G := locally lb) (H := locally (- la))
      (I := locally (lb - la)) (fun uv => F (snd uv)) (fun uv => - F (fst uv)) Rplus).
    - apply (filterlim_comp _ _ _ snd F _ (up_to b)); [apply filterlim_snd | assumption].
    - apply (filterlim_comp _ _ _ fst (fun x => - F x) _ (at_right a)); [apply filterlim_fst |].
      apply (filterlim_comp _ _ _ F Ropp _ (locally la)); [assumption | apply (filterlim_opp (V := R_NormedModule) la)].
    - apply (filterlim_plus (V := R_NormedModule) lb (- la)). }
  specialize (HF P HP). unfold filtermap in HF.
  unfold filtermapi. generalize (filter_and _ _ HF (near_ends a b Hab)). apply filter_imp.
  intros [u v] [HPv [Hu [Huv Hv]]]. simpl in *. exists (F v - F u). split; [|assumption].
  apply (is_RInt_derive F f u v); intros x Hx; rewrite Rmin_left, Rmax_right in Hx by lra.
  - apply Hd; [lra|]. apply (inside_lt x v); [lra | assumption].
  - apply continuity_pt_filterlim. apply Hc; [lra|]. apply (inside_lt x v); [lra | assumption].
Qed.

(* The integral of the derivative of F, plus k times another integral that converges. *)
Lemma by_parts : forall (F f h : R -> R) (k : R) a b (la lb l : R), below a b ->
  (forall x, a < x -> below x b -> is_derive F x (f x - k * h x)) ->
  (forall x, a < x -> below x b -> continuity_pt (fun y => f y - k * h y) x) ->
  filterlim F (at_right a) (locally la) -> filterlim F (up_to b) (locally lb) ->
  has_integral h a b l -> has_integral f a b (lb - la + k * l).
Proof.
  intros F f h k a b la lb l Hab Hd Hc Ha Hb Hh.
  apply (same_integrand f (fun x => plus (f x - k * h x) (k * h x))); [assumption | intros; unfold plus; simpl; ring |].
  apply (is_RInt_gen_plus (fun x => f x - k * h x) (fun x => k * h x) (lb - la) (k * l)).
  - apply (antiderivative F); assumption.
  - apply (is_RInt_gen_scal h k l). assumption.
Qed.

Lemma antiderivative_to : forall (F f : R -> R) a b (la lb v : R), below a b ->
  (forall x, a < x -> below x b -> is_derive F x (f x)) -> (forall x, a < x -> below x b -> continuity_pt f x) ->
  filterlim F (at_right a) (locally la) -> filterlim F (up_to b) (locally lb) -> lb - la = v -> has_integral f a b v.
Proof. intros F f a b la lb v H1 H2 H3 H4 H5 E. subst v. apply (antiderivative F); assumption. Qed.

Lemma by_parts_to : forall (F f h : R -> R) (k : R) a b (la lb l v : R), below a b ->
  (forall x, a < x -> below x b -> is_derive F x (f x - k * h x)) ->
  (forall x, a < x -> below x b -> continuity_pt (fun y => f y - k * h y) x) ->
  filterlim F (at_right a) (locally la) -> filterlim F (up_to b) (locally lb) ->
  has_integral h a b l -> lb - la + k * l = v -> has_integral f a b v.
Proof. intros F f h k a b la lb l v H1 H2 H3 H4 H5 H6 E. subst v. apply (by_parts F f h); assumption. Qed.

(* The variable y = p x put in: p rises from one pair of ends to the other. *)
Lemma substitution : forall (f g p dp : R -> R) a b c d (l : R), below a b ->
  (forall x, a < x -> below x b -> f x = dp x * g (p x)) ->
  (forall x, a < x -> below x b -> is_derive p x (dp x)) -> (forall x, a < x -> below x b -> continuity_pt dp x) ->
  (forall y, c < y -> below y d -> continuity_pt g y) ->
  (forall x, a < x -> below x b -> c < p x) -> (forall x, a < x -> below x b -> below (p x) d) ->
  filterlim p (at_right a) (at_right c) -> filterlim p (up_to b) (up_to d) ->
  has_integral g c d l -> has_integral f a b l.
Proof.
  intros f g p dp a b c d l Hab E Hd Hcd Hcg Hlow Hhigh Ha Hb H.
  apply (same_integrand f (fun x => dp x * g (p x))); [assumption | assumption |].
  intros P HP. specialize (H P HP). unfold filtermapi in *.
  destruct H as [Q S HQ HS Hall].
  assert (Near : filter_prod (at_right a) (up_to b) (fun uv => Q (p (fst uv)) /\ S (p (snd uv)))).
  { apply (Filter_prod _ _ _ (fun u => Q (p u)) (fun v => S (p v))); [apply Ha; assumption | apply Hb; assumption |].
    simpl. auto. }
  generalize (filter_and _ _ Near (near_ends a b Hab)). apply filter_imp.
  intros [u v] [[HQu HSv] [Hu [Huv Hv]]]. simpl in *. destruct (Hall _ _ HQu HSv) as [y [Hy HPy]]. simpl in *.
  exists y. split; [|assumption]. rewrite <- (is_RInt_unique _ _ _ _ Hy).
  assert (Between : forall x, Rmin u v <= x <= Rmax u v -> a < x /\ below x b).
  { intros x Hx. rewrite Rmin_left, Rmax_right in Hx by lra. split; [lra|]. apply (inside_lt x v); [lra | assumption]. }
  apply (is_RInt_comp g p dp u v).
  - intros x Hx. destruct (Between x Hx). apply continuity_pt_filterlim. apply Hcg; [apply Hlow | apply Hhigh]; assumption.
  - intros x Hx. destruct (Between x Hx). split; [apply Hd; assumption|]. apply continuity_pt_filterlim. apply Hcd; assumption.
Qed.

(* Limits at ends. *)
Lemma at_low_end : forall (F G : R -> R) a l, (forall x, a < x -> F x = G x) -> continuity_pt G a -> G a = l ->
  filterlim F (at_right a) (locally l).
Proof.
  intros F G a l E Hc Hl P HP. subst l. apply continuity_pt_filterlim in Hc. destruct (Hc P HP) as [e He].
  exists e. intros y Hy Hay. rewrite (E y Hay). apply He. assumption.
Qed.

Lemma at_high_end : forall (F : R -> R) (b l : R), continuity_pt F b -> F b = l -> filterlim F (at_left b) (locally l).
Proof.
  intros F b l Hc Hl P HP. subst l. apply continuity_pt_filterlim in Hc. destruct (Hc P HP) as [e He].
  exists e. intros y Hy _. apply He. assumption.
Qed.

Lemma at_infinity : forall (F G : R -> R) (l : R), (forall x, 0 < x -> F x = G (/ x)) -> continuity_pt G 0 -> G 0 = l ->
  filterlim F (Rbar_locally p_infty) (locally l).
Proof.
  intros F G l E Hc Hl. apply (limit_at_infinity F G l); [|assumption|assumption].
  exists 1. split; [lra|]. intros. apply E. lra.
Qed.

Lemma to_infinity : forall (F G : R -> R), (forall x, 0 < x -> / F x = G (/ x)) -> (forall x, 0 < x -> 0 < F x) ->
  continuity_pt G 0 -> G 0 = 0 -> filterlim F (Rbar_locally p_infty) (Rbar_locally p_infty).
Proof.
  intros F G E Hp Hc Hl. apply (filterlim_ext_loc (fun x => / (/ F x))).
  { exists 0. intros x Hx. apply Rinv_inv. }
  apply (filterlim_comp _ _ _ (fun x => / F x) Rinv _ (at_right 0)); [|apply filterlim_Rinv_0_right].
  pose proof (at_infinity (fun x => / F x) G 0 E Hc Hl) as H.
  intros P [e He]. specialize (H (ball 0 e) (locally_ball 0 e)). unfold filtermap in *.
  assert (Hpos : Rbar_locally p_infty (fun x => 0 < x)) by (exists 0; auto).
  generalize (filter_and _ _ H Hpos). apply filter_imp. intros x [Hb Hx]. apply He; [assumption|].
  apply Rinv_0_lt_compat. apply Hp. assumption.
Qed.

(* The limit is approached from inside. *)
Lemma from_above : forall (p : R -> R) a b c, below a b -> (forall x, a < x -> below x b -> c < p x) ->
  filterlim p (at_right a) (locally c) -> filterlim p (at_right a) (at_right c).
Proof.
  intros p a b c Hab Hin H P [e He]. specialize (H (ball c e) (locally_ball c e)). unfold filtermap in *.
  assert (Hins : at_right a (fun x => a < x /\ below x b)).
  { destruct b as [b| |]; unfold below in *; simpl in *; [| |contradiction].
    - assert (Hd : 0 < b - a) by lra. exists (mkposreal _ Hd). intros u Hu Hau. unfold ball in Hu. simpl in Hu.
      unfold AbsRing_ball, abs, minus, plus, opp in Hu. simpl in Hu. apply Rabs_def2 in Hu. lra.
    - exists (mkposreal _ Rlt_0_1). intros. tauto. }
  generalize (filter_and _ _ H Hins). apply filter_imp. intros x [Hb [Hx Hxb]]. apply He; [assumption|].
  apply Hin; assumption.
Qed.

Lemma from_below : forall (p : R -> R) a b d, below a b -> (forall x, a < x -> below x b -> p x < d) ->
  filterlim p (up_to b) (locally d) -> filterlim p (up_to b) (at_left d).
Proof.
  intros p a b d Hab Hin H P [e He]. specialize (H (ball d e) (locally_ball d e)). unfold filtermap in *.
  assert (Hins : up_to b (fun x => a < x /\ below x b)).
  { destruct b as [b| |]; unfold below in *; simpl in *; [| |contradiction].
    - assert (Hd : 0 < b - a) by lra. exists (mkposreal _ Hd). intros u Hu Hau. unfold ball in Hu. simpl in Hu.
      unfold AbsRing_ball, abs, minus, plus, opp in Hu. simpl in Hu. apply Rabs_def2 in Hu. lra.
    - exists a. intros. tauto. }
  generalize (filter_and _ _ H Hins). apply filter_imp. intros x [Hb [Hx Hxb]]. apply He; [assumption|].
  apply Hin; assumption.
Qed.

(* What is known of one integral, said of another with the same integrand. *)
Lemma retold : forall (f g : R -> R) a b (w v : R), below a b -> has_integral g a b w ->
  (forall x, a < x -> below x b -> f x = g x) -> w = v -> has_integral f a b v.
Proof. intros f g a b w v Hab H E Ev. subst v. apply (same_integrand f g); assumption. Qed.

(* Sines of angles that add up to pi or to twice pi, of doubled angles, and signs of sines. *)
Lemma sine_pos : forall x, 0 < x -> 0 < 1 - x -> 0 < sin (PI * x).
Proof. intros. pose proof PI_RGT_0. apply sin_gt_0; nra. Qed.
Lemma sine_neg : forall x, 0 < x - 1 -> 0 < 2 - x -> 0 < - sin (PI * x).
Proof.
  intros. replace (sin (PI * x)) with (- sin (PI * (x - 1))).
  - rewrite Ropp_involutive. apply sine_pos; lra.
  - rewrite <- neg_sin. f_equal. ring.
Qed.
Lemma sines_of_half_turn : forall x y, x + y = PI -> sin x = sin y.
Proof. intros x y E. replace y with (PI - x) by lra. symmetry. apply sin_PI_x. Qed.
Lemma sines_of_turn : forall x y, x + y = 2 * PI -> sin x = - sin y.
Proof.
  intros x y E. replace x with (- y + 2 * PI) by lra. rewrite sin_plus, sin_2PI, cos_2PI, sin_neg. ring.
Qed.
Lemma sine_of_double : forall x y, x = 2 * y -> sin x = 2 * sin y * cos y.
Proof. intros. subst. apply sin_2a. Qed.
Lemma sine_pos_by : forall t x, t = PI * x -> 0 < x -> 0 < 1 - x -> 0 < sin t.
Proof. intros. subst. apply sine_pos; assumption. Qed.
Lemma sine_neg_by : forall t x, t = PI * x -> 0 < x - 1 -> 0 < 2 - x -> 0 < - sin t.
Proof. intros. subst. apply sine_neg; assumption. Qed.
Ltac angle := solve [ring | field; side].
