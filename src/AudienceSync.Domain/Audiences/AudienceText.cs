namespace AudienceSync.Domain.Audiences;

/// <summary>What people say of an audience. It may change; the terms of a key may not.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Owner">Who is called when something is wrong with it.</param>
/// <param name="Definition">Who belongs to it, in words.</param>
/// <param name="ExpectedVolume">Members expected at most.</param>
public sealed record AudienceText(string? Purpose, string? Owner, string? Definition, long? ExpectedVolume = null);
