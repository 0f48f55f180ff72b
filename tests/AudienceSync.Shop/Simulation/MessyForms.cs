namespace AudienceSync.Shop.Simulation;

/// <summary>The ways in which people and forms write one and the same address.</summary>
internal static class MessyForms
{
    public static string Email(Random random, string canonical)
    {
        var cased = random.Next(4) switch
        {
            0 => canonical.ToUpperInvariant(),
            1 => char.ToUpperInvariant(canonical[0]) + canonical[1..],
            _ => canonical,
        };
        return random.Next(6) switch
        {
            0 => $" {cased}",
            1 => $"{cased}  ",
            _ => cased,
        };
    }

    /// <summary>What templates and exports write where there is no id: it identifies no one.</summary>
    public static readonly IReadOnlyList<string> Placeholders =
    [
        "undefined",
        "null",
        "NULL",
        "None",
        "N/A",
        " n/a ",
        "NaN",
        "nil",
        "0",
        "{{customer.id}}",
        "{{ customer.id }}",
        "{{event.customer_id}}",
    ];

    /// <summary>A number occasionally carries an extension, which no platform supports: the number is the part before it.</summary>
    public static string Extension(Random random, string phone) =>
        random.Next(20) switch
        {
            0 => phone.Trim() + " ext. 101",
            1 => phone.Trim() + " x204",
            2 => phone.Trim() + " ext 7",
            _ => phone,
        };

    /// <param name="digits">E.164 digits with the country code.</param>
    public static string Phone(Random random, string digits, string country) =>
        country switch
        {
            "GB" => Abroad(random, "44", digits[2..6], digits[6..]),
            "IN" => Abroad(random, "91", digits[2..7], digits[7..]),
            _ => UnitedStates(random, digits[1..4], digits[4..7], digits[7..]),
        };

    private static string Abroad(Random random, string code, string head, string tail) =>
        random.Next(5) switch
        {
            0 => $"+{code} {head} {tail}",
            1 => $"00{code} {head} {tail}",
            2 => $"+{code}-{head}-{tail}",
            3 => $" 00{code}{head}{tail}",
            _ => $"+{code}{head}{tail}",
        };

    // The national forms rely on the source's default country, US.
    private static string UnitedStates(Random random, string area, string exchange, string line) =>
        random.Next(8) switch
        {
            0 => $"+1 ({area}) {exchange}-{line}",
            1 => $"001{area}{exchange}{line}",
            2 => $"001 {area} {exchange} {line}",
            3 => $"+1-{area}-{exchange}-{line}",
            4 => $"({area}) {exchange}-{line}",
            5 => $"{area}-{exchange}-{line}",
            6 => $"{area}{exchange}{line}",
            _ => $"+1{area}{exchange}{line}",
        };
}
