(* What is true at each of many listed points with rational coordinates: one computation with rational numbers. *)
Require Import Reals Psatz Lra List QArith Qreals.
Require Import W2S.Signs.
Import ListNotations.
Open Scope R_scope.

Inductive number : Set :=
  | Whole_number (z : Z) | Coordinate (i : nat) | Sum (a b : number) | Opposite (a : number)
  | Product (a b : number) | Inverse (a : number) | Power (a : number) (k : nat).

Inductive saying : Set :=
  | Below (a b : number) | At_most (a b : number) | Equal (a b : number) | Different (a b : number)
  | Is_integer (a : number) | Both (p q : saying).

(* As numbers and propositions of R, where e are the coordinates. *)
Fixpoint real (e : nat -> R) (t : number) : R :=
  match t with
  | Whole_number z => IZR z | Coordinate i => e i | Sum a b => real e a + real e b | Opposite a => - real e a
  | Product a b => real e a * real e b | Inverse a => / real e a | Power a k => real e a ^ k
  end.
Fixpoint said (e : nat -> R) (p : saying) : Prop :=
  match p with
  | Below a b => real e a < real e b | At_most a b => real e a <= real e b | Equal a b => real e a = real e b
  | Different a b => real e a <> real e b | Is_integer a => integer (real e a) | Both p q => said e p /\ said e q
  end.

(* The same with rational numbers; None where a denominator is zero. *)
Definition with_both (f : Q -> Q -> Q) (a b : option Q) : option Q :=
  match a, b with Some x, Some y => Some (f x y) | _, _ => None end.
Fixpoint to_power (x : Q) (k : nat) : Q := match k with O => 1%Q | S k => Qmult x (to_power x k) end.
Fixpoint rational (e : nat -> Q) (t : number) : option Q :=
  match t with
  | Whole_number z => Some (inject_Z z) | Coordinate i => Some (e i)
  | Sum a b => with_both Qplus (rational e a) (rational e b)
  | Opposite a => match rational e a with Some x => Some (Qopp x) | None => None end
  | Product a b => with_both Qmult (rational e a) (rational e b)
  | Inverse a => match rational e a with Some x => if Qeq_bool x 0 then None else Some (Qinv x) | None => None end
  | Power a k => match rational e a with Some x => Some (to_power x k) | None => None end
  end.
Definition compared (f : Q -> Q -> bool) (a b : option Q) : bool :=
  match a, b with Some x, Some y => f x y | _, _ => false end.
Fixpoint shown (e : nat -> Q) (p : saying) : bool :=
  match p with
  | Below a b => compared (fun x y => negb (Qle_bool y x)) (rational e a) (rational e b)
  | At_most a b => compared Qle_bool (rational e a) (rational e b)
  | Equal a b => compared Qeq_bool (rational e a) (rational e b)
  | Different a b => compared (fun x y => negb (Qeq_bool x y)) (rational e a) (rational e b)
  | Is_integer a => match rational e a with Some x => Pos.eqb (Qden (Qred x)) 1 | None => false end
  | Both p q => andb (shown e p) (shown e q)
  end.

Lemma to_power_ok : forall x k, Q2R (to_power x k) = Q2R x ^ k.
Proof.
  intros x k. induction k as [|k IH]; [apply RMicromega.Q2R_1|]. cbn [to_power pow].
  rewrite Q2R_mult, IH. reflexivity.
Qed.

Lemma same_number : forall x y : Q, Some x = Some y -> x = y.
Proof. congruence. Qed.

Lemma rational_ok : forall e t x, rational e t = Some x -> real (fun i => Q2R (e i)) t = Q2R x.
Proof.
  intros e t. induction t; intros x H; cbn [rational real] in *.
  - apply same_number in H; subst x. unfold Q2R, inject_Z. cbn. field.
  - apply same_number in H; subst x. reflexivity.
  - unfold with_both in H; destruct (rational e t1), (rational e t2); try discriminate. apply same_number in H; subst x.
    rewrite Q2R_plus, (IHt1 _ eq_refl), (IHt2 _ eq_refl). reflexivity.
  - destruct (rational e t); try discriminate. apply same_number in H; subst x. rewrite Q2R_opp, (IHt _ eq_refl). reflexivity.
  - unfold with_both in H; destruct (rational e t1), (rational e t2); try discriminate. apply same_number in H; subst x.
    rewrite Q2R_mult, (IHt1 _ eq_refl), (IHt2 _ eq_refl). reflexivity.
  - destruct (rational e t) as [q|]; try discriminate. destruct (Qeq_bool q 0) eqn:E; try discriminate.
    apply same_number in H; subst x. rewrite (IHt _ eq_refl), Q2R_inv; [reflexivity|]. apply Qeq_bool_neq. assumption.
  - destruct (rational e t); try discriminate. apply same_number in H; subst x. rewrite (IHt _ eq_refl), to_power_ok. reflexivity.
Qed.

Lemma shown_ok : forall e p, shown e p = true -> said (fun i => Q2R (e i)) p.
Proof.
  intros e p. induction p; intros H; cbn [shown said] in *; unfold compared in H;
    try (destruct (rational e a) eqn:A; try discriminate; rewrite (rational_ok _ _ _ A));
    try (destruct (rational e b) eqn:B; try discriminate; rewrite (rational_ok _ _ _ B)).
  - apply Qlt_Rlt. apply Qnot_le_lt. intro L. apply Qle_bool_iff in L. rewrite L in H. discriminate.
  - apply Qle_Rle. apply Qle_bool_iff. assumption.
  - apply Qeq_eqR. apply Qeq_bool_iff. assumption.
  - intro L. apply eqR_Qeq in L. apply Qeq_bool_iff in L. rewrite L in H. discriminate.
  - rewrite <- (Qeq_eqR _ _ (Qred_correct q)). apply Pos.eqb_eq in H. exists (Qnum (Qred q)).
    unfold Q2R. rewrite H. field.
  - apply andb_prop in H. destruct H. split; auto.
Qed.

(* A rational number as statements write it, and that real numbers x are the coordinates of one of the points. *)
Definition written (q : Q) : R := match q with z # 1 => IZR z | z # d => IZR z / IZR (Z.pos d) end.
Lemma written_ok : forall q, written q = Q2R q.
Proof. intros [z d]. unfold written, Q2R. cbn. destruct d; try reflexivity. field. Qed.

Fixpoint is_point (x : list R) (c : list Q) : Prop :=
  match x, c with
  | a :: nil, q :: nil => a = written q
  | a :: x, q :: c => a = written q /\ is_point x c
  | _, _ => False
  end.
Fixpoint is_one_of (x : list R) (table : list (list Q)) : Prop :=
  match table with nil => False | c :: nil => is_point x c | c :: table => is_point x c \/ is_one_of x table end.

Lemma is_point_ok : forall x c, is_point x c -> x = map Q2R c.
Proof.
  induction x as [|a x IH]; intros [|q c] H; [contradiction|contradiction|destruct x; contradiction|].
  cbn [map]. rewrite <- written_ok. destruct x as [|b x], c as [|r c].
  - cbn [is_point] in H. subst a. reflexivity.
  - destruct H as [_ H]. contradiction.
  - destruct H as [_ H]. destruct x; contradiction.
  - destruct H as [E H]. rewrite <- (IH (r :: c) H), E. reflexivity.
Qed.

Lemma is_one_of_ok : forall x table, is_one_of x table -> exists c, In c table /\ is_point x c.
Proof.
  intros x table. induction table as [|c table IH]; [contradiction|]. intro H. cbn [is_one_of] in H.
  destruct table as [|d table].
  - exists c. split; [left; reflexivity|assumption].
  - destruct H as [H|H]; [exists c; split; [left; reflexivity|assumption]|].
    destruct (IH H) as [f [Hin Hf]]. exists f. split; [right; assumption|assumption].
Qed.

Theorem at_listed_points : forall p table x,
  forallb (fun c => shown (fun i => nth i c 0%Q) p) table = true -> is_one_of x table -> said (fun i => nth i x (Q2R 0)) p.
Proof.
  intros p table x H Hx. destruct (is_one_of_ok _ _ Hx) as [c [Hin Hc]]. apply is_point_ok in Hc. subst x.
  rewrite forallb_forall in H. specialize (H c Hin). apply shown_ok in H.
  enough (E : forall q, said (fun i => Q2R (nth i c 0%Q)) q -> said (fun i => nth i (map Q2R c) (Q2R 0)) q) by auto.
  assert (V : forall t, real (fun i => nth i (map Q2R c) (Q2R 0)) t = real (fun i => Q2R (nth i c 0%Q)) t).
  { induction t; cbn [real]; try congruence. apply map_nth. }
  induction q; cbn [said]; rewrite ?V; auto. intros [? ?]. auto.
Qed.

(* A proposition about variables x as a saying. *)
Ltac place_of a x := lazymatch x with
  | a :: _ => constr:(O)
  | _ :: ?r => let k := place_of a r in constr:(S k)
  end.
Ltac number_of t x := lazymatch t with
  | IZR ?z => constr:(Whole_number z)
  | ?a + ?b => let a := number_of a x in let b := number_of b x in constr:(Sum a b)
  | ?a - ?b => let a := number_of a x in let b := number_of b x in constr:(Sum a (Opposite b))
  | - ?a => let a := number_of a x in constr:(Opposite a)
  | ?a * ?b => let a := number_of a x in let b := number_of b x in constr:(Product a b)
  | ?a / ?b => let a := number_of a x in let b := number_of b x in constr:(Product a (Inverse b))
  | / ?a => let a := number_of a x in constr:(Inverse a)
  | ?a ^ ?k => let a := number_of a x in constr:(Power a k)
  | _ => let k := place_of t x in constr:(Coordinate k)
  end.
Ltac saying_of p x := lazymatch p with
  | ?a < ?b => let a := number_of a x in let b := number_of b x in constr:(Below a b)
  | ?a <= ?b => let a := number_of a x in let b := number_of b x in constr:(At_most a b)
  | ?a <> ?b => let a := number_of a x in let b := number_of b x in constr:(Different a b)
  | ?a = ?b => let a := number_of a x in let b := number_of b x in constr:(Equal a b)
  | integer ?a => let a := number_of a x in constr:(Is_integer a)
  | ?p /\ ?q => let p := saying_of p x in let q := saying_of q x in constr:(Both p q)
  end.
(* The points of a disjunction of equations, as a table. *)
Ltac rational_of v := lazymatch v with
  | IZR ?z / IZR (Z.pos ?d) => constr:(Qmake z d)
  | IZR ?z => constr:(Qmake z 1)
  end.
Ltac point_of e := lazymatch e with
  | _ = ?v /\ ?e => let q := rational_of v in let c := point_of e in constr:(q :: c)
  | _ = ?v => let q := rational_of v in constr:(q :: nil)
  end.
Ltac table_of e := lazymatch e with
  | ?e \/ ?f => let c := point_of e in let t := table_of f in constr:(c :: t)
  | ?e => let c := point_of e in constr:(c :: nil)
  end.
(* H says that x are the coordinates of one of some points. *)
Ltac at_listed_points x H := lazymatch goal with |- ?p =>
  let q := saying_of p x in let e := type of H in let table := table_of e in
  apply (at_listed_points q table x); [vm_compute; reflexivity | exact H] end.
