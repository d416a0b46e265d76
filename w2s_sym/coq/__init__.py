"""A second judge: claims as theorems of Coq, with proofs written from their derivations."""
