(** Inequalities box by box. A function of several numbers is a tree; where it vanishes at ends of the range of one of
    them, it has the sign of a derivative inside (Rolle's theorem, many times), which interval arithmetic bounds. *)
From Coq Require Import Reals Psatz Lra Lia List Arith ZArith.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
Import ListNotations.
Open Scope R_scope.

Lemma finite_choice : forall (P : nat -> R -> Prop) m,
  (forall i, (i <= m)%nat -> exists w, P i w) -> exists w : nat -> R, forall i, (i <= m)%nat -> P i (w i).
Proof.
  intros P m. induction m as [|m IH]; intros H.
  - destruct (H 0%nat) as [w Hw]; [lia|]. exists (fun _ => w). intros i Hi. replace i with 0%nat by lia. exact Hw.
  - destruct IH as [w Hw]; [intros; apply H; lia|]. destruct (H (S m)) as [v Hv]; [lia|].
    exists (fun i => if Nat.eqb i (S m) then v else w i). intros i Hi. destruct (Nat.eqb_spec i (S m)); [subst; exact Hv|].
    apply Hw; lia.
Qed.

(* Rolle's theorem for n + 1 zeros in order; equal ones stand for zeros of derivatives. f k is the k-th derivative. *)
Lemma rolle_many : forall n (f : nat -> R -> R) (z : nat -> R) lo hi,
  (forall i, (i < n)%nat -> z i <= z (S i)) -> lo <= z 0%nat -> z n <= hi ->
  (forall k x, (k < n)%nat -> lo <= x <= hi -> is_derive (f k) x (f (S k) x)) ->
  (forall i j, (i <= j <= n)%nat -> z i = z j -> f (j - i)%nat (z i) = 0) ->
  exists xi, lo <= xi <= hi /\ f n xi = 0.
Proof.
  induction n as [|m IH]; intros f z lo hi Hz Hlo Hhi Hd H0.
  - exists (z 0%nat). split; [lra|]. specialize (H0 0%nat 0%nat). simpl in H0. apply H0; [lia|reflexivity].
  - assert (mono : forall i j, (i <= j <= S m)%nat -> z i <= z j).
    { intros i j [Hij Hj]. induction Hij; [lra|]. apply Rle_trans with (z m0); [apply IHHij; lia|apply Hz; lia]. }
    assert (C : forall i, (i <= m)%nat -> exists w, z i <= w <= z (S i) /\ f 1%nat w = 0 /\ (w = z i \/ w = z (S i) -> z i = z (S i))).
    { intros i Hi. destruct (Rle_lt_or_eq_dec (z i) (z (S i))) as [Hlt|He]; [apply Hz; lia| |].
      - destruct (MVT_cor2 (f 0%nat) (f 1%nat) (z i) (z (S i)) Hlt) as [c [Hc Hin]].
        { intros c Hc. apply is_derive_Reals. apply Hd; [lia|].
          pose proof (mono 0%nat i ltac:(lia)). pose proof (mono (S i) (S m) ltac:(lia)). lra. }
        exists c. split; [lra|]. split; [|lra].
        pose proof (H0 i i ltac:(lia) eq_refl) as A. pose proof (H0 (S i) (S i) ltac:(lia) eq_refl) as B.
        rewrite Nat.sub_diag in A, B. rewrite A, B in Hc.
        apply Rmult_eq_reg_r with (z (S i) - z i); lra.
      - exists (z i). split; [lra|]. split; [|intros; exact He].
        pose proof (H0 i (S i) ltac:(lia) He) as A. replace (S i - i)%nat with 1%nat in A by lia. exact A. }
    destruct (finite_choice _ m C) as [w Hw]. clear C.
    destruct (IH (fun k => f (S k)) w lo hi) as [xi [Hxi Hf]].
    + intros i Hi. destruct (Hw i ltac:(lia)) as [A _]. destruct (Hw (S i) ltac:(lia)) as [B _]. lra.
    + destruct (Hw 0%nat ltac:(lia)) as [A _]. lra.
    + destruct (Hw m ltac:(lia)) as [A _]. lra.
    + intros k x Hk Hx. apply Hd; [lia|exact Hx].
    + intros i j Hij He. destruct (Hw i ltac:(lia)) as [A [A0 A1]]. destruct (Hw j ltac:(lia)) as [B [B0 B1]].
      destruct (Nat.eq_dec i j) as [->|Hne]; [rewrite Nat.sub_diag; exact B0|].
      pose proof (mono (S i) j ltac:(lia)) as M.
      assert (Ei : z i = z (S i)) by (apply A1; right; lra).
      assert (Ej : z j = z (S j)) by (apply B1; left; lra).
      replace (S (j - i)) with (S j - i)%nat by lia. replace (w i) with (z i) by lra. apply H0; [lia|]. lra.
    + exists xi. split; [exact Hxi|exact Hf].
Qed.

(* The product of the differences to a list of points, and its derivatives. *)
Fixpoint differences (Z : list R) (j : nat) (t : R) : R :=
  match Z with
  | [] => match j with O => 1 | S _ => 0 end
  | c :: Z => (t - c) * differences Z j t + INR j * differences Z (pred j) t
  end.

Lemma differences_derive : forall Z j t, is_derive (differences Z j) t (differences Z (S j) t).
Proof.
  induction Z as [|c Z IH]; intros j t.
  - apply is_derive_ext with (fun _ => differences [] j 0); [intros; destruct j; reflexivity|].
    change (differences [] (S j) t) with (@zero R_NormedModule). apply @is_derive_const.
  - replace (differences (c :: Z) (S j) t)
      with (plus (plus (scal 1 (differences Z j t)) (scal (t - c) (differences Z (S j) t))) (INR j * differences Z j t)).
    2:{ cbn [differences pred]. rewrite S_INR. unfold plus, scal; cbn -[INR]; unfold mult; cbn -[INR]. ring. }
    cbn [differences]. apply (is_derive_plus (fun t => (t - c) * differences Z j t) (fun t => INR j * differences Z (pred j) t)).
    + auto_derive; [exists (differences Z (S j) t); apply IH|].
      assert (E : Derive (fun x => differences Z j x) t = differences Z (S j) t) by (apply is_derive_unique; apply IH).
      rewrite E. unfold plus, scal; cbn -[INR]; unfold mult; cbn -[INR]. ring.
    + destruct j as [|j].
      * apply is_derive_ext with (fun _ => 0); [intros; simpl; ring|]. simpl. rewrite Rmult_0_l.
        change 0 with (@zero R_NormedModule) at 2. apply @is_derive_const.
      * apply (is_derive_scal (differences Z j) t (INR (S j))). apply IH.
Qed.

Lemma differences_top : forall Z t, differences Z (length Z) t = INR (fact (length Z))
  /\ forall j, (length Z < j)%nat -> differences Z j t = 0.
Proof.
  induction Z as [|c Z IH]; intros t.
  - simpl. split; [reflexivity|]. intros [|j] H; [lia|reflexivity].
  - destruct (IH t) as [A B]. cbn [length differences]. split.
    + rewrite (B (S (length Z))) by lia. cbn [pred]. rewrite A. rewrite fact_simpl, mult_INR. ring.
    + intros j Hj. rewrite (B j) by lia. rewrite (B (pred j)) by lia. ring.
Qed.

Lemma differences_zero : forall Z c j, (j < count_occ Req_EM_T Z c)%nat -> differences Z j c = 0.
Proof.
  induction Z as [|d Z IH]; intros c j H; [simpl in H; lia|].
  simpl in H. cbn [differences]. destruct (Req_EM_T d c) as [->|Hne].
  - destruct j as [|j]; [simpl; ring|]. cbn [pred]. rewrite (IH c j) by lia. ring.
  - rewrite (IH c j) by lia. destruct j as [|j]; [simpl; ring|]. cbn [pred]. rewrite (IH c j) by lia. ring.
Qed.

Lemma count_repeat_same : forall c k Z, count_occ Req_EM_T (repeat c k ++ Z) c = (k + count_occ Req_EM_T Z c)%nat.
Proof. intros c k Z. induction k; simpl; [reflexivity|]. destruct (Req_EM_T c c); [rewrite IHk; reflexivity|congruence]. Qed.
Lemma count_repeat_other : forall a c k Z, a <> c -> count_occ Req_EM_T (repeat a k ++ Z) c = count_occ Req_EM_T Z c.
Proof. intros a c k Z Hne. induction k; simpl; [reflexivity|]. destruct (Req_EM_T a c); [congruence|exact IHk]. Qed.
Lemma differences_repeat : forall a k b l t,
  differences (repeat a k ++ repeat b l) 0 t = (t - a) ^ k * (t - b) ^ l.
Proof.
  intros. induction k; simpl.
  - induction l; simpl; [ring|]. rewrite IHl. ring.
  - rewrite IHk. ring.
Qed.

(* f vanishes k times at a and l times at b, a <= x <= b: its value at x is a derivative inside times the distances. *)
Theorem hermite : forall (f : nat -> R -> R) k l a b x,
  a <= x <= b -> ((0 < k)%nat -> a < x) -> ((0 < l)%nat -> x < b) ->
  (forall j t, (j < k + l)%nat -> a <= t <= b -> is_derive (f j) t (f (S j) t)) ->
  (forall j, (j < k)%nat -> f j a = 0) -> (forall j, (j < l)%nat -> f j b = 0) ->
  exists xi, a <= xi <= b /\ f 0%nat x = f (k + l)%nat xi / INR (fact (k + l)) * ((x - a) ^ k * (x - b) ^ l).
Proof.
  intros f k l a b x Hx Ha Hb Hd Hza Hzb.
  set (Z := repeat a k ++ repeat b l).
  assert (HZ : length Z = (k + l)%nat) by (unfold Z; rewrite app_length, !repeat_length; reflexivity).
  assert (Hp : differences Z 0 x <> 0).
  { unfold Z. rewrite differences_repeat. apply Rmult_integral_contrapositive_currified.
    - destruct k; [simpl; lra|]. apply pow_nonzero. specialize (Ha ltac:(lia)). lra.
    - destruct l; [simpl; lra|]. apply pow_nonzero. specialize (Hb ltac:(lia)). lra. }
  set (M := f 0%nat x / differences Z 0 x).
  set (z := fun i => if Nat.ltb i k then a else if Nat.eqb i k then x else b).
  destruct (rolle_many (k + l) (fun j t => f j t - M * differences Z j t) z a b) as [xi [Hxi Hf]].
  - intros i Hi. unfold z. destruct (Nat.ltb_spec i k); destruct (Nat.ltb_spec (S i) k); destruct (Nat.eqb_spec i k);
      destruct (Nat.eqb_spec (S i) k); try (exfalso; lia); lra.
  - unfold z. destruct (Nat.ltb_spec 0 k); [lra|]. destruct (Nat.eqb_spec 0 k); lra.
  - unfold z. destruct (Nat.ltb_spec (k + l) k); [lia|]. destruct (Nat.eqb_spec (k + l) k); lra.
  - intros j t Hj Ht.
    apply (is_derive_minus (f j) (fun t => M * differences Z j t)); [apply Hd; assumption|].
    apply (is_derive_scal (differences Z j) t M). apply differences_derive.
  - intros i j Hij. unfold z.
    destruct (Nat.ltb_spec i k) as [Hik|Hik]; destruct (Nat.ltb_spec j k) as [Hjk|Hjk].
    + intros _. rewrite Hza by lia. rewrite differences_zero; [ring|].
      unfold Z. rewrite count_repeat_same. lia.
    + destruct (Nat.eqb_spec j k); intros He; exfalso; specialize (Ha ltac:(lia)); lra.
    + lia.
    + destruct (Nat.eqb_spec i k) as [Ei|Ni]; destruct (Nat.eqb_spec j k) as [Ej|Nj]; intros He.
      * replace (j - i)%nat with 0%nat by lia. unfold M. field. exact Hp.
      * exfalso. specialize (Hb ltac:(lia)). lra.
      * lia.
      * rewrite Hzb by lia. rewrite differences_zero; [ring|].
        unfold Z. destruct (Req_EM_T a b) as [->|Hne].
        -- rewrite count_repeat_same. rewrite <- (app_nil_r (repeat b l)), count_repeat_same. lia.
        -- rewrite count_repeat_other by exact Hne. rewrite <- (app_nil_r (repeat b l)), count_repeat_same. lia.
  - exists xi. split; [exact Hxi|].
    destruct (differences_top Z xi) as [T _]. rewrite HZ in T. rewrite T in Hf.
    unfold Z in Hp. rewrite differences_repeat in Hp. unfold M in Hf. unfold Z in Hf at 1. rewrite differences_repeat in Hf.
    assert (F0 : INR (fact (k + l)) <> 0) by (apply not_0_INR; apply fact_neq_0).
    set (P := (x - a) ^ k * (x - b) ^ l) in *. set (N := INR (fact (k + l))) in *.
    assert (f (k + l)%nat xi = f 0%nat x / P * N) by lra. rewrite H. field. split; assumption.
Qed.

(** Functions as trees. *)
Inductive tree : Set :=
  | Num : Z -> tree | Circle : tree | Var : nat -> tree | Add : tree -> tree -> tree | Mul : tree -> tree -> tree
  | Opp : tree -> tree | Exp : tree -> tree | Log : tree -> tree | Inv : tree -> tree | Sqrt : tree -> tree.

Definition coordinates (l : list R) : nat -> R := fun j => nth j l 0.

Fixpoint eval (t : tree) (e : nat -> R) : R :=
  match t with
  | Num z => IZR z | Circle => PI | Var i => e i
  | Add a b => eval a e + eval b e | Mul a b => eval a e * eval b e | Opp a => - eval a e
  | Exp a => exp (eval a e) | Log a => ln (eval a e) | Inv a => / eval a e | Sqrt a => sqrt (eval a e)
  end.

(** What must hold for all derivatives to exist. *)
Fixpoint smooth (t : tree) (e : nat -> R) : Prop :=
  match t with
  | Num _ | Circle | Var _ => True
  | Add a b | Mul a b => smooth a e /\ smooth b e
  | Opp a | Exp a => smooth a e
  | Inv a => smooth a e /\ eval a e <> 0
  | Log a | Sqrt a => smooth a e /\ 0 < eval a e
  end.

(** Sums and products without zeros and ones. *)
Definition is_num (n : Z) (t : tree) : bool := match t with Num z => Z.eqb z n | _ => false end.
Definition add' (a b : tree) : tree := if is_num 0 a then b else if is_num 0 b then a else Add a b.
Definition mul' (a b : tree) : tree :=
  if is_num 0 a then Num 0 else if is_num 0 b then Num 0 else if is_num 1 a then b else if is_num 1 b then a
  else Mul a b.
Definition opp' (a : tree) : tree := match a with Num z => Num (- z) | Opp a => a | _ => Opp a end.

(** The derivative along coordinate i, and the n-th one. *)
Fixpoint D (i : nat) (t : tree) : tree :=
  match t with
  | Num _ | Circle => Num 0
  | Var j => if Nat.eqb j i then Num 1 else Num 0
  | Add a b => add' (D i a) (D i b)
  | Mul a b => add' (mul' (D i a) b) (mul' a (D i b))
  | Opp a => opp' (D i a)
  | Exp a => mul' (D i a) (Exp a)
  | Log a => mul' (D i a) (Inv a)
  | Inv a => opp' (mul' (D i a) (Mul (Inv a) (Inv a)))
  | Sqrt a => mul' (mul' (Inv (Num 2)) (D i a)) (Inv (Sqrt a))
  end.
Fixpoint Dn (i n : nat) (t : tree) : tree := match n with O => t | S n => D i (Dn i n t) end.

Lemma is_num_ok : forall n t e, is_num n t = true -> eval t e = IZR n.
Proof. intros n t e H. destruct t; try discriminate. apply Z.eqb_eq in H. subst. reflexivity. Qed.
Lemma eval_add' : forall a b e, eval (add' a b) e = eval a e + eval b e.
Proof.
  intros. unfold add'. destruct (is_num 0 a) eqn:A; [rewrite (is_num_ok 0 a e A); ring|].
  destruct (is_num 0 b) eqn:B; [rewrite (is_num_ok 0 b e B); ring|reflexivity].
Qed.
Lemma eval_mul' : forall a b e, eval (mul' a b) e = eval a e * eval b e.
Proof.
  intros. unfold mul'. destruct (is_num 0 a) eqn:A; [rewrite (is_num_ok 0 a e A); cbn [eval]; ring|].
  destruct (is_num 0 b) eqn:B; [rewrite (is_num_ok 0 b e B); cbn [eval]; ring|].
  destruct (is_num 1 a) eqn:A1; [rewrite (is_num_ok 1 a e A1); ring|].
  destruct (is_num 1 b) eqn:B1; [rewrite (is_num_ok 1 b e B1); ring|reflexivity].
Qed.
Lemma eval_opp' : forall a e, eval (opp' a) e = - eval a e.
Proof. intros. destruct a; cbn [opp' eval]; try reflexivity; [apply opp_IZR|ring]. Qed.
Lemma smooth_add' : forall a b e, smooth a e -> smooth b e -> smooth (add' a b) e.
Proof. intros. unfold add'. destruct (is_num 0 a), (is_num 0 b); cbn [smooth]; auto. Qed.
Lemma smooth_mul' : forall a b e, smooth a e -> smooth b e -> smooth (mul' a b) e.
Proof. intros. unfold mul'. destruct (is_num 0 a), (is_num 0 b), (is_num 1 a), (is_num 1 b); cbn [smooth]; auto. Qed.
Lemma smooth_opp' : forall a e, smooth a e -> smooth (opp' a) e.
Proof. intros. destruct a; cbn [opp' smooth] in *; auto. Qed.

Lemma D_smooth : forall t i e, smooth t e -> smooth (D i t) e.
Proof.
  induction t; intros i e H; cbn [D].
  - exact I.
  - exact I.
  - destruct (Nat.eqb n i); exact I.
  - destruct H. apply smooth_add'; auto.
  - destruct H. apply smooth_add'; apply smooth_mul'; auto.
  - apply smooth_opp'; auto.
  - apply smooth_mul'; cbn [smooth] in *; auto.
  - destruct H. apply smooth_mul'; cbn [smooth]; auto. split; [assumption|]. lra.
  - destruct H. apply smooth_opp', smooth_mul'; cbn [smooth]; auto.
  - destruct H as [A B]. assert (C : 0 < sqrt (eval t e)) by (apply sqrt_lt_R0; exact B).
    apply smooth_mul'; [apply smooth_mul'|]; cbn [smooth eval]; repeat split; auto; lra.
Qed.
Lemma Dn_smooth : forall n t i e, smooth t e -> smooth (Dn i n t) e.
Proof. induction n; intros; simpl; [assumption|]. apply D_smooth. apply IHn. assumption. Qed.

(** A path along which only coordinate i moves. *)
Definition along (i : nat) (e : R -> nat -> R) : Prop :=
  forall s j, is_derive (fun u => e u j) s (if Nat.eqb j i then 1 else 0).

Lemma along_coordinate : forall before after, along (length before) (fun u => coordinates (before ++ u :: after)).
Proof.
  intros before after s j. unfold coordinates. revert j. induction before as [|c before IH]; intros j; cbn.
  - destruct j; cbn; auto_derive; auto.
  - destruct j as [|j]; cbn; [auto_derive; auto|apply IH].
Qed.

Section chain_rule.
Variables (f g : R -> R) (s a b : R).
Hypotheses (A : is_derive f s a) (B : is_derive g s b).
Let EA : Derive f s = a := is_derive_unique f s a A.
Let EB : Derive g s = b := is_derive_unique g s b B.
Let DA : ex_derive f s := ex_intro _ a A.
Let DB : ex_derive g s := ex_intro _ b B.
Ltac known := change (Derive (fun x => f x) s) with (Derive f s); change (Derive (fun x => g x) s) with (Derive g s);
  rewrite ?EA, ?EB.
Lemma along_mul : is_derive (fun u => f u * g u) s (a * g s + f s * b).
Proof. auto_derive; [auto|]. known. ring. Qed.
Lemma along_opp : is_derive (fun u => - f u) s (- a).
Proof. auto_derive; [auto|]. known. ring. Qed.
Lemma along_exp : is_derive (fun u => exp (f u)) s (a * exp (f s)).
Proof. auto_derive; [auto|]. known. ring. Qed.
Lemma along_log : 0 < f s -> is_derive (fun u => ln (f u)) s (a * / f s).
Proof. intros. auto_derive; [auto|]. known. field. lra. Qed.
Lemma along_inv : f s <> 0 -> is_derive (fun u => / f u) s (- (a * (/ f s * / f s))).
Proof. intros. auto_derive; [auto|]. known. field. assumption. Qed.
Lemma along_sqrt : 0 < f s -> is_derive (fun u => sqrt (f u)) s (/ 2 * a * / sqrt (f s)).
Proof.
  intros. assert (0 < sqrt (f s)) by (apply sqrt_lt_R0; assumption). auto_derive; [auto|]. known. field. lra.
Qed.
End chain_rule.

Lemma D_ok : forall t i e s, along i e -> smooth t (e s) ->
  is_derive (fun u => eval t (e u)) s (eval (D i t) (e s)).
Proof.
  induction t; intros i e s He H; cbn [D]; rewrite ?eval_add', ?eval_opp', ?eval_mul'; cbn [eval].
  - exact (@is_derive_const R_AbsRing R_NormedModule (IZR z) s).
  - exact (@is_derive_const R_AbsRing R_NormedModule PI s).
  - specialize (He s n). destruct (Nat.eqb n i); exact He.
  - destruct H. apply (is_derive_plus (fun u => eval t1 (e u)) (fun u => eval t2 (e u))); auto.
  - destruct H. apply (along_mul (fun u => eval t1 (e u)) (fun u => eval t2 (e u))); auto.
  - apply (along_opp (fun u => eval t (e u))); auto.
  - apply (along_exp (fun u => eval t (e u))); auto.
  - destruct H. apply (along_log (fun u => eval t (e u))); auto.
  - destruct H. apply (along_inv (fun u => eval t (e u))); auto.
  - destruct H. apply (along_sqrt (fun u => eval t (e u))); auto.
Qed.

(** The sign of a product of [l] negative numbers, put before a tree. *)
Fixpoint signed (l : nat) (t : tree) : tree := match l with O => t | S l => opp' (signed l t) end.
Lemma eval_signed : forall l t e, eval (signed l t) e = (-1) ^ l * eval t e.
Proof. induction l; intros; cbn [signed pow]; [ring|]. rewrite eval_opp', IHl. ring. Qed.

Section division.
Variables (t : tree) (before after : list R) (x a b : R) (k l : nat).
Let i := length before.
Let at_ u := coordinates (before ++ u :: after).
Let t' := signed l (Dn i (k + l) t).
Hypotheses (Hx : a <= x <= b) (Hd : forall s, a <= s <= b -> smooth t (at_ s)).
Hypotheses (Hka : forall j, (j < k)%nat -> eval (Dn i j t) (at_ a) = 0).
Hypotheses (Hlb : forall j, (j < l)%nat -> eval (Dn i j t) (at_ b) = 0).

Lemma divided : ((0 < k)%nat -> a < x) -> ((0 < l)%nat -> x < b) ->
  exists xi p, a <= xi <= b /\ 0 < p /\ eval t (at_ x) = eval t' (at_ xi) * p.
Proof.
  intros Ha Hb.
  destruct (hermite (fun j s => eval (Dn i j t) (at_ s)) k l a b x Hx Ha Hb) as [xi [H1 H2]]; auto.
  - intros j s Hj Hs. cbn [Dn]. apply D_ok; [apply along_coordinate|]. apply Dn_smooth. apply Hd. exact Hs.
  - exists xi, ((x - a) ^ k * (b - x) ^ l / INR (fact (k + l))).
    assert (F : 0 < INR (fact (k + l))) by (apply lt_0_INR, lt_O_fact).
    assert (A : 0 < (x - a) ^ k) by (destruct k; [simpl; lra|]; apply pow_lt; specialize (Ha ltac:(lia)); lra).
    assert (B : 0 < (b - x) ^ l) by (destruct l; [simpl; lra|]; apply pow_lt; specialize (Hb ltac:(lia)); lra).
    split; [exact H1|]. split; [apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; assumption|exact F]|].
    cbn [Dn] in H2. rewrite H2. unfold t'. rewrite eval_signed.
    replace (x - b) with (-1 * (b - x)) by ring. rewrite Rpow_mult_distr. field. lra.
Qed.

Lemma divide_positive : ((0 < k)%nat -> a < x) -> ((0 < l)%nat -> x < b) ->
  (forall xi, a <= xi <= b -> 0 < eval t' (at_ xi)) -> 0 < eval t (at_ x).
Proof.
  intros Ha Hb H. destruct (divided Ha Hb) as [xi [p [H1 [H2 H3]]]]. rewrite H3. apply Rmult_lt_0_compat; auto.
Qed.

(** The same where x may be one of the zeros. *)
Lemma divide_nonnegative : (forall xi, a <= xi <= b -> 0 <= eval t' (at_ xi)) -> 0 <= eval t (at_ x).
Proof.
  intros H.
  assert (A : ((0 < k)%nat -> a < x) \/ eval t (at_ x) = 0).
  { destruct (Rle_lt_or_eq_dec a x) as [Ha|<-]; [lra|left; auto|].
    destruct (Nat.eq_0_gt_0_cases k); [left; lia|right; apply (Hka 0%nat); assumption]. }
  assert (B : ((0 < l)%nat -> x < b) \/ eval t (at_ x) = 0).
  { destruct (Rle_lt_or_eq_dec x b) as [Hb| ->]; [lra|left; auto|].
    destruct (Nat.eq_0_gt_0_cases l); [left; lia|right; apply (Hlb 0%nat); assumption]. }
  destruct A as [A|Z]; [|lra]. destruct B as [B|Z]; [|lra].
  destruct (divided A B) as [xi [p [H1 [H2 H3]]]]. rewrite H3. apply Rmult_le_pos; [auto|lra].
Qed.
End division.

(** Growth away from the end of a half-line. *)
Section growth.
Variables (t : tree) (before after : list R) (x a : R).
Let i := length before.
Let at_ u := coordinates (before ++ u :: after).
Hypotheses (Hd : forall s, Rmin a x <= s <= Rmax a x -> smooth t (at_ s)).

Lemma growth : exists xi, Rmin a x <= xi <= Rmax a x /\ eval t (at_ x) = eval t (at_ a) + eval (D i t) (at_ xi) * (x - a).
Proof.
  destruct (MVT_gen (fun s => eval t (at_ s)) a x (fun s => eval (D i t) (at_ s))) as [xi [H1 H2]].
  - intros s Hs. apply D_ok; [apply along_coordinate|]. apply Hd. lra.
  - intros s Hs. apply continuity_pt_filterlim. apply (ex_derive_continuous (fun s => eval t (at_ s))).
    exists (eval (D i t) (at_ s)). apply D_ok; [apply along_coordinate|]. apply Hd. exact Hs.
  - exists xi. split; [exact H1|lra].
Qed.
Lemma grow_up : a <= x -> (forall xi, a <= xi -> 0 <= eval (D i t) (at_ xi)) -> eval t (at_ a) <= eval t (at_ x).
Proof.
  intros Ha H. destruct growth as [xi [H1 H2]]. rewrite H2. rewrite Rmin_left in H1 by lra.
  assert (0 <= eval (D i t) (at_ xi) * (x - a)) by (apply Rmult_le_pos; [apply H; lra|lra]). lra.
Qed.
Lemma grow_down : x <= a -> (forall xi, xi <= a -> 0 <= eval (opp' (D i t)) (at_ xi)) -> eval t (at_ a) <= eval t (at_ x).
Proof.
  intros Ha H. destruct growth as [xi [H1 H2]]. rewrite H2. rewrite Rmax_left in H1 by lra.
  assert (0 <= eval (opp' (D i t)) (at_ xi)) as B by (apply H; lra). rewrite eval_opp' in B. nra.
Qed.
End growth.

(** ** Tactics *)

Ltac place_in x variables := lazymatch variables with
  | x :: _ => constr:(O)
  | _ :: ?rest => let n := place_in x rest in constr:(S n)
  end.
(** The tree whose value is a formula of the listed variables. *)
Ltac tree_of e variables := lazymatch e with
  | IZR ?z => constr:(Num z)
  | PI => constr:(Circle)
  | ?a + ?b => let s := tree_of a variables in let t := tree_of b variables in constr:(Add s t)
  | ?a - ?b => let s := tree_of a variables in let t := tree_of b variables in constr:(Add s (Opp t))
  | ?a * ?b => let s := tree_of a variables in let t := tree_of b variables in constr:(Mul s t)
  | ?a / ?b => let s := tree_of a variables in let t := tree_of b variables in constr:(Mul s (Inv t))
  | - ?a => let t := tree_of a variables in constr:(Opp t)
  | / ?a => let t := tree_of a variables in constr:(Inv t)
  | exp ?a => let t := tree_of a variables in constr:(Exp t)
  | ln ?a => let t := tree_of a variables in constr:(Log t)
  | sqrt ?a => let t := tree_of a variables in constr:(Sqrt t)
  | Rpower ?a ?b => let s := tree_of a variables in let t := tree_of b variables in constr:(Exp (Mul t (Log s)))
  | ?a ^ O => constr:(Num 1)
  | ?a ^ ?n => let m := eval cbv in (pred n) in let s := tree_of a variables in let t := tree_of (a ^ m) variables in
      constr:(Mul s t)
  | _ => let n := place_in e variables in constr:(Var n)
  end.
Ltac with_tree variables := lazymatch goal with
  | |- 0 < ?e => let t := tree_of e variables in change (0 < eval t (coordinates variables))
  | |- 0 <= ?e => let t := tree_of e variables in change (0 <= eval t (coordinates variables))
  end.
(** The value of a tree as a formula again. *)
Ltac as_formula := cbv -[Rplus Rmult Rinv Rdiv Ropp Rminus Rle Rlt Rge Rgt exp ln sqrt IZR PI not].
Ltac simple_tree := match goal with
  | |- ?r _ (eval ?t ?e) => let s := eval cbv in t in change t with s
  end.

(** Signs, as they are read off a formula. *)
Lemma pos_mul_neg : forall a b, a < 0 -> b < 0 -> 0 < a * b. Proof. intros; nra. Qed.
Lemma neg_mul : forall a b, a < 0 -> 0 < b -> a * b < 0. Proof. intros; nra. Qed.
Lemma neg_mul_right : forall a b, 0 < a -> b < 0 -> a * b < 0. Proof. intros; nra. Qed.
Lemma nonneg_mul_neg : forall a b, a <= 0 -> b <= 0 -> 0 <= a * b. Proof. intros; nra. Qed.
Lemma nonpos_mul : forall a b, a <= 0 -> 0 <= b -> a * b <= 0. Proof. intros; nra. Qed.
Lemma nonpos_mul_right : forall a b, 0 <= a -> b <= 0 -> a * b <= 0. Proof. intros; nra. Qed.
Lemma neg_add : forall a b, a < 0 -> b <= 0 -> a + b < 0. Proof. intros; lra. Qed.
Lemma neg_add_right : forall a b, a <= 0 -> b < 0 -> a + b < 0. Proof. intros; lra. Qed.
Lemma nonpos_add : forall a b, a <= 0 -> b <= 0 -> a + b <= 0. Proof. intros; lra. Qed.
Lemma opp_above : forall a, a < 0 -> 0 < - a. Proof. intros; lra. Qed.
Lemma opp_below : forall a, 0 < a -> - a < 0. Proof. intros; lra. Qed.
Lemma opp_at_least : forall a, a <= 0 -> 0 <= - a. Proof. intros; lra. Qed.
Lemma opp_at_most : forall a, 0 <= a -> - a <= 0. Proof. intros; lra. Qed.
Lemma inv_at_least : forall a, 0 < a -> 0 <= / a. Proof. intros. apply Rlt_le, Rinv_0_lt_compat. assumption. Qed.

Ltac above_zero := first [ assumption | lra | apply exp_pos | apply sqrt_lt_R0; above_zero
  | apply Rinv_0_lt_compat; above_zero | apply opp_above; below_zero
  | apply Rmult_lt_0_compat; above_zero | apply pos_mul_neg; below_zero
  | apply Rplus_lt_le_0_compat; [above_zero | not_below] | apply Rplus_le_lt_0_compat; [not_below | above_zero] ]
with below_zero := first [ assumption | lra | apply opp_below; above_zero
  | apply neg_mul; [below_zero | above_zero] | apply neg_mul_right; [above_zero | below_zero]
  | apply neg_add; [below_zero | not_above] | apply neg_add_right; [not_above | below_zero] ]
with not_below := first [ assumption | lra | apply opp_at_least; not_above | apply inv_at_least; above_zero
  | apply Rlt_le, exp_pos | apply sqrt_pos | apply Rmult_le_pos; not_below | apply nonneg_mul_neg; not_above
  | apply Rplus_le_le_0_compat; not_below ]
with not_above := first [ assumption | lra | apply opp_at_most; not_below
  | apply nonpos_mul; [not_above | not_below] | apply nonpos_mul_right; [not_below | not_above]
  | apply nonpos_add; not_above ].

Ltac all_smooth := let s := fresh "s" in let H := fresh "H" in intros s H; as_formula;
  repeat split; try exact I; try apply Rgt_not_eq; try red;
  first [ lra | above_zero | nra | interval with (i_prec 60) | apply Rlt_not_eq; interval with (i_prec 60) ].

(** Exponentials and roots of equal arguments become equal, those of 0 and 1 numbers. *)
Ltac same_number_in u v := first [ ring | field; lra ].
Ltac same_atoms := repeat match goal with
  | |- context [exp ?u] => replace (exp u) with 1 by (replace u with 0 by same_number_in u 0; symmetry; apply exp_0)
  | |- context [sqrt ?u] =>
      replace (sqrt u) with 1 by (replace u with 1 by same_number_in u 1; symmetry; apply sqrt_1)
  | |- context [ln ?u] => replace (ln u) with 0 by (replace u with 1 by same_number_in u 1; symmetry; apply ln_1)
  | |- context [exp ?u] => match goal with |- context [exp ?v] =>
      tryif constr_eq u v then fail else replace (exp u) with (exp v) by (f_equal; same_number_in u v) end
  | |- context [sqrt ?u] => match goal with |- context [sqrt ?v] =>
      tryif constr_eq u v then fail else replace (sqrt u) with (sqrt v) by (f_equal; same_number_in u v) end
  | |- context [ln ?u] => match goal with |- context [ln ?v] =>
      tryif constr_eq u v then fail else replace (ln u) with (ln v) by (f_equal; same_number_in u v) end
  end.
Ltac without_value := repeat split; first [ lra | apply Rgt_not_eq; red; above_zero | apply Rlt_not_eq; below_zero ].
Ltac vanishes := let j := fresh "j" in let H := fresh "H" in intros j H;
  repeat first [ exfalso; lia
               | destruct j as [|j]; [as_formula; same_atoms; first [ring | field; without_value | field_simplify; [lra|..]; without_value]|] ].

(** [divide before x after k l a b]: the function vanishes k times where x = a and l times where x = b. *)
Ltac divide before x after k l a b := lazymatch goal with
  | |- 0 < eval ?t _ =>
      change (0 < eval t (coordinates (before ++ x :: after)));
      apply (divide_positive t before after x a b k l);
      [ lra | all_smooth | vanishes | vanishes | intros; first [lra | lia] | intros; first [lra | lia] | ]
  | |- 0 <= eval ?t _ =>
      change (0 <= eval t (coordinates (before ++ x :: after)));
      apply (divide_nonnegative t before after x a b k l); [ lra | all_smooth | vanishes | vanishes | ]
  end.
(** [climb up before x after a]: the function is positive where x = a, and grows from there. *)
Ltac at_the_end := as_formula; first [ interval with (i_prec 60) | above_zero | not_below | same_atoms; lra ].
Ltac climb lemma before x after a := lazymatch goal with
  | |- 0 < eval ?t _ =>
      change (0 < eval t (coordinates (before ++ x :: after)));
      apply Rlt_le_trans with (eval t (coordinates (before ++ a :: after))); [at_the_end|apply (lemma t before after x a)]
  | |- 0 <= eval ?t _ =>
      change (0 <= eval t (coordinates (before ++ x :: after)));
      apply Rle_trans with (eval t (coordinates (before ++ a :: after))); [at_the_end|apply (lemma t before after x a)]
  end; [ unfold Rmin, Rmax; destruct (Rle_dec a x); all_smooth | lra | ].
Ltac by_signs := as_formula; first [above_zero | not_below].
(** What is known of other boxes is set aside: arithmetic would look at it too. *)
Ltac in_box := repeat match goal with H : _ -> _ |- _ => clear H end; lra.
