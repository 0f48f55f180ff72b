namespace AudienceSync.Domain.Audiences;

/// <summary>The description of an audience. It may change; the terms of a key may not.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Owner">Who to contact about problems with it.</param>
/// <param name="Definition">Who belongs to it, as text.</param>
/// <param name="ExpectedVolume">Members expected at most.</param>
public sealed record AudienceText(string? Purpose, string? Owner, string? Definition, long? ExpectedVolume = null);
