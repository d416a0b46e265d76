(* Exactly one root of a rising function: by the intermediate and the mean value theorem. *)
Require Import Reals Ranalysis5 Psatz Lra List.
From Coquelicot Require Import Coquelicot.
Require Import W2S.Signs W2S.Sums W2S.Powers W2S.Slopes W2S.Limits.
Open Scope R_scope.

Lemma c_total : forall A (f : A -> R -> R) S (x : R), (forall i, In i S -> continuity_pt (f i) x) ->
  continuity_pt (fun y => total (fun i => f i y) S) x.
Proof.
  intros A f S x. induction S as [|a S IH]; intro H; simpl; [apply c_const|].
  apply (c_plus (f a) (fun y => total (fun i => f i y) S)); [apply H; left; reflexivity|].
  apply IH. intros i Hi. apply H. right. assumption.
Qed.
Ltac continuous_total := lazymatch goal with
  | |- continuity_pt (fun y => @?f y + @?g y) ?x => apply (c_plus f g x); cbv beta; continuous_total
  | |- continuity_pt (fun y => @?f y - @?g y) ?x => apply (c_minus f g x); cbv beta; continuous_total
  | |- continuity_pt (fun y => - @?f y) ?x => apply (c_opp f x); cbv beta; continuous_total
  | |- continuity_pt (fun y => @?f y * @?g y) ?x => apply (c_mult f g x); cbv beta; continuous_total
  | |- continuity_pt (fun y => @?f y / @?g y) ?x => apply (c_div f g x); cbv beta; [continuous_total | continuous_total | idtac]
  | |- continuity_pt (fun y => total (fun i => @?f i y) ?S) ?x =>
      apply (c_total _ (fun i y => f i y) S x); let i := fresh "W_c" in let Hin := fresh "W_cin" in
      intros i Hin; at_level Hin; cbv beta; continuous
  | |- _ => continuous
  end.

(* Negative at one point and positive at a later one, with a derivative that is positive between: one root. *)
Lemma root_between : forall (f : R -> R) x y, x < y -> (forall z, x <= z <= y -> continuity_pt f z) ->
  f x < 0 -> 0 < f y -> exists u, x < u < y /\ f u = 0.
Proof.
  intros f x y Hxy Hc Hx Hy. destruct (IVT_interv f x y Hc Hxy Hx Hy) as [u [[Hl Hr] Hu]].
  exists u. repeat split; try assumption.
  - destruct Hl as [Hl|Hl]; [assumption|]. subst. lra.
  - destruct Hr as [Hr|Hr]; [assumption|]. subst. lra.
Qed.

Lemma rising_injective : forall (f df : R -> R) a x y, (forall z, a < z -> is_derive f z (df z)) ->
  (forall z, a < z -> 0 < df z) -> a < x -> x < y -> f x < f y.
Proof.
  intros f df a x y Hd Hp Hx Hy.
  destruct (mean_value f df x y Hy) as [c [Hc E]].
  - intros z Hz. apply Hd. lra.
  - apply (continuous_by f x (df x)). apply Hd. lra.
  - apply (continuous_by f y (df y)). apply Hd. lra.
  - assert (0 < df c) by (apply Hp; lra). assert (0 < df c * (y - x)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

(* Between two ends: f is negative at the lower one, positive at the upper one, and rises between. *)
Lemma one_root_between : forall (f df : R -> R) a b, a < b -> (forall x, a < x < b -> is_derive f x (df x)) ->
  (forall x, a < x < b -> 0 < df x) -> continuity_pt f a -> continuity_pt f b -> f a < 0 -> 0 < f b ->
  exists u, (a < u /\ u < b) /\ f u = 0 /\ forall v, a < v -> v < b -> f v = 0 -> v = u.
Proof.
  intros f df a b Hab Hd Hp Ha Hb Hna Hpb.
  assert (P : forall x y, a < x -> x < y -> y < b -> f x < f y).
  { intros x y Hx Hxy Hy. destruct (mean_value f df x y Hxy) as [c [Hc E]].
    - intros z Hz. apply Hd. lra.
    - apply (continuous_by f x (df x)). apply Hd. lra.
    - apply (continuous_by f y (df y)). apply Hd. lra.
    - assert (0 < df c) by (apply Hp; lra). assert (0 < df c * (y - x)) by (apply Rmult_lt_0_compat; lra). lra. }
  destruct (root_between f a b) as [u [Hu E]]; [assumption | | assumption | assumption |].
  - intros z [[Hz|Hz] [Hw|Hw]]; subst; try assumption. apply (continuous_by f z (df z)). apply Hd. lra.
  - exists u. split; [exact Hu|]. split; [assumption|]. intros v Hv Hvb Ev.
    destruct (Rtotal_order v u) as [L|[L|L]]; [|assumption|].
    + pose proof (P v u Hv L (proj2 Hu)). lra.
    + pose proof (P u v (proj1 Hu) L Hvb). lra.
Qed.

(* Close to a point where a continuous function is positive it is positive. *)
Lemma positive_nearby : forall (g : R -> R), continuity_pt g 0 -> 0 < g 0 ->
  forall m, 0 < m -> exists x, 0 < x < m /\ 0 < g x.
Proof.
  intros g Hc Hp m Hm. destruct (Hc (g 0) Hp) as [d [Hd Hclose]].
  exists (Rmin d m / 2). assert (0 < Rmin d m) by (apply Rmin_glb_lt; assumption).
  assert (Rmin d m <= d) by apply Rmin_l. assert (Rmin d m <= m) by apply Rmin_r.
  split; [lra|]. specialize (Hclose (Rmin d m / 2)).
  assert (D : R_dist (g (Rmin d m / 2)) (g 0) < g 0).
  { apply Hclose. split; [split; [exact I | lra]|]. simpl. unfold R_dist. rewrite Rminus_0_r, Rabs_right; lra. }
  unfold R_dist in D. apply Rabs_def2 in D. lra.
Qed.

(* Beyond a: f is negative at a, and positive far out, where it is g of the inverse of the distance from a. *)
Lemma one_root_beyond : forall (f df g : R -> R) a, (forall x, a < x -> is_derive f x (df x)) ->
  (forall x, a < x -> 0 < df x) -> continuity_pt f a -> f a < 0 ->
  (forall x, 0 < x -> f (a + / x) = g x) -> continuity_pt g 0 -> 0 < g 0 ->
  exists u, a < u /\ f u = 0 /\ forall v, a < v -> f v = 0 -> v = u.
Proof.
  intros f df g a Hd Hp Ha Hneg Hg Hc Hpos.
  destruct (positive_nearby g Hc Hpos 1 Rlt_0_1) as [x [Hx Hgx]].
  assert (0 < / x) by (apply Rinv_0_lt_compat; lra).
  destruct (root_between f a (a + / x)) as [u [Hu E]]; [lra | | assumption | rewrite Hg by lra; assumption |].
  - intros z [[Hz|Hz] _]; [apply (continuous_by f z (df z)); apply Hd; assumption | subst; assumption].
  - exists u. split; [lra|]. split; [assumption|]. intros v Hv Ev.
    destruct (Rtotal_order v u) as [L|[L|L]]; [|assumption|].
    + pose proof (rising_injective f df a v u Hd Hp Hv L). lra.
    + pose proof (rising_injective f df a u v Hd Hp (proj1 Hu) L). lra.
Qed.

(* The same where f has a pole at a, or grows without bound: its sign there is that of f times a power of the distance,
   or of the inverse of the distance. *)
Lemma one_root_on_a_ray : forall (f df h g : R -> R) a (k m : nat), (forall x, a < x -> is_derive f x (df x)) ->
  (forall x, a < x -> 0 < df x) -> (forall x, 0 < x -> x ^ k * f (a + x) = - h x) -> continuity_pt h 0 -> 0 < h 0 ->
  (forall x, 0 < x -> x ^ m * f (a + / x) = g x) -> continuity_pt g 0 -> 0 < g 0 ->
  exists u, a < u /\ f u = 0 /\ forall v, a < v -> f v = 0 -> v = u.
Proof.
  intros f df h g a k m Hd Hp Hh Hch Hneg Hg Hc Hpos.
  destruct (positive_nearby g Hc Hpos 1 Rlt_0_1) as [y [Hy Hgy]].
  assert (0 < / y) by (apply Rinv_0_lt_compat; lra).
  destruct (positive_nearby h Hch Hneg (/ y)) as [x [Hx Hhx]]; [assumption|].
  assert (Px : 0 < x ^ k) by (apply pow_lt; lra). assert (Py : 0 < y ^ m) by (apply pow_lt; lra).
  assert (Ex := Hh x (proj1 Hx)). assert (Ey := Hg y (proj1 Hy)).
  assert (f (a + x) < 0). { apply Rnot_le_lt. intro N. assert (0 <= x ^ k * f (a + x)) by (apply Rmult_le_pos; lra). lra. }
  assert (0 < f (a + / y)).
  { apply Rnot_le_lt. intro N. assert (0 <= y ^ m * - f (a + / y)) by (apply Rmult_le_pos; lra). lra. }
  destruct (root_between f (a + x) (a + / y)) as [u [Hu E]]; [lra | | assumption | assumption |].
  - intros z [Hz _]. apply (continuous_by f z (df z)). apply Hd. lra.
  - exists u. split; [lra|]. split; [assumption|]. intros v Hv Ev. assert (a < u) by lra.
    destruct (Rtotal_order v u) as [L|[L|L]]; [|assumption|].
    + pose proof (rising_injective f df a v u Hd Hp Hv L). lra.
    + pose proof (rising_injective f df a u v Hd Hp H2 L). lra.
Qed.

(* Two sums are equal when they are so at every level; which is shown by algebra. *)
Ltac same_totals := repeat match goal with
  | |- ?l = ?r => match l with context [total ?f ?S] => match r with context [total ?g S] =>
      tryif constr_eq f g then fail else replace (total f S) with (total g S) by (
        symmetry; apply total_ext; let i := fresh "W_t" in let Hin := fresh "W_tin" in
        intros i Hin; at_level Hin; cbv beta; plain; first [ring | solve [field; side]]) end end
  end; first [reflexivity | ring | solve [field; side] | lra].
