"""Write a Stable Diffusion pipeline of a few megabytes with random weights to the folder named.

It needs torch, diffusers and transformers, and no network. Its pictures are noise: it is there to
see how a server of image models answers, not what it makes.
"""

from __future__ import annotations

import json
import string
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

WIDTH = 32
CHANNELS = (32, 64)
LETTERS = string.ascii_letters + string.digits + string.punctuation


def main(folder: Path) -> None:
    torch.manual_seed(0)
    tokenizer = make_tokenizer(folder.with_name(folder.name + "-tokenizer"))
    StableDiffusionPipeline(
        vae=make_autoencoder(),
        text_encoder=make_text_encoder(len(tokenizer)),
        tokenizer=tokenizer,
        unet=make_unet(),
        scheduler=DDIMScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)


def make_tokenizer(folder: Path) -> CLIPTokenizer:
    """One that knows single letters only."""
    folder.mkdir(exist_ok=True)
    ends = [letter + "</w>" for letter in LETTERS]
    vocabulary = [*LETTERS, *ends, "<|startoftext|>", "<|endoftext|>"]
    numbers = {token: number for number, token in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(numbers), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77
    )


def make_text_encoder(vocabulary_size: int) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary_size,
            hidden_size=WIDTH,
            intermediate_size=WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            bos_token_id=vocabulary_size - 2,
            eos_token_id=vocabulary_size - 1,
            pad_token_id=vocabulary_size - 1,
        )
    )


def make_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=CHANNELS,
        layers_per_block=1,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=8,
    )


def make_autoencoder() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=CHANNELS,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
