namespace AudienceSync.Shop.Simulation;

/// <summary>Valid numbers of three countries, one for each customer number, all distinct.</summary>
internal sealed class PhoneNumbers(int offset)
{
    // A prime that shares no factor with the sizes of the number spaces: the sequence reaches every number once before it repeats.
    private const long Stride = 7_919;

    private static readonly string[] AreaCodes =
    [
        "202",
        "206",
        "212",
        "213",
        "303",
        "305",
        "312",
        "404",
        "415",
        "503",
        "512",
        "602",
        "617",
        "702",
        "713",
        "718",
        "808",
        "907",
    ];

    // No N11 service codes, and no 555.
    private static readonly int[] Exchanges = [.. Enumerable.Range(200, 800).Where(n => n % 100 != 11 && n != 555)];

    public string DigitsOf(int customer, string country) =>
        country switch
        {
            "GB" => $"447{"4578"[(int)(NumberAt(customer, 4))]}{NumberAt(customer, 100_000_000):D8}",
            "IN" => $"91{"6789"[(int)(NumberAt(customer, 4))]}{NumberAt(customer, 1_000_000_000):D9}",
            _ => UnitedStates(customer),
        };

    private string UnitedStates(int customer)
    {
        var number = NumberAt(customer, (long)AreaCodes.Length * Exchanges.Length * 10_000);
        var line = number % 10_000;
        var exchange = Exchanges[(int)(number / 10_000 % Exchanges.Length)];
        return $"1{AreaCodes[(int)(number / 10_000 / Exchanges.Length)]}{exchange}{line:D4}";
    }

    private long NumberAt(int customer, long size) => ((customer * Stride) + offset) % size;
}
