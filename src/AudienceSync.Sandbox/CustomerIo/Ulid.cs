namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>The form of a ULID: only an event with such an id is stored once (contract customerio 6.1.12).</summary>
internal static class Ulid
{
    private const int Length = 26;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    // 26 digits of 5 bits are 130 bits, so the first digit carries three.
    private const char LastFirstDigit = '7';

    public static bool IsValid(string? text) =>
        text is { Length: Length }
        && text[0] <= LastFirstDigit
        && text.All(digit => Alphabet.Contains(char.ToUpperInvariant(digit), StringComparison.Ordinal));
}
