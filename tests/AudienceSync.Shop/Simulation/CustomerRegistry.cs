namespace AudienceSync.Shop.Simulation;

/// <summary>Creates customers whose identifiers never collide: every identifier is built from the customer's number.</summary>
internal sealed class CustomerRegistry(Random random, DateTimeOffset start)
{
    private static readonly string[] FirstNames =
    [
        "ann",
        "bob",
        "chandra",
        "dora",
        "emil",
        "fatima",
        "george",
        "hana",
        "ivan",
        "june",
        "kofi",
        "lena",
        "mary",
        "nils",
        "olga",
        "priya",
    ];

    private static readonly string[] LastNames =
    [
        "adams",
        "baker",
        "clark",
        "diaz",
        "evans",
        "fischer",
        "gupta",
        "hughes",
        "ito",
        "jones",
        "khan",
        "lopez",
        "moore",
        "novak",
        "patel",
    ];

    private static readonly string[] Domains = ["example.com", "example.org", "example.net", "mail.example", "post.example"];

    // Google reads these without dots and plus; the number in the middle keeps them distinct there, too.
    private static readonly string[] Gmail = ["gmail.com", "googlemail.com"];

    private readonly PhoneNumbers _phones = new(random.Next());
    private readonly List<Customer> _customers = [];

    public IReadOnlyList<Customer> Customers => _customers;

    public Customer Next()
    {
        var number = _customers.Count + 1;
        var kind = random.NextDouble();
        var customer = kind switch
        {
            < 0.08 => new Customer(number, null, Email(number), null, null, null),
            < 0.12 => WithPhone(new Customer(number, null, null, null, null, null)),
            < 0.22 => WithSomePhone(
                new Customer(number, CustomerId(number), Email(number), null, null, start.AddDays(-random.Next(1, 80)))
            ),
            _ => WithSomePhone(new Customer(number, CustomerId(number), Email(number), null, null, null)),
        };
        _customers.Add(customer);
        return customer;
    }

    private Customer WithSomePhone(Customer customer) => random.NextDouble() < 0.6 ? WithPhone(customer) : customer;

    private Customer WithPhone(Customer customer)
    {
        var country = random.NextDouble() switch
        {
            < 0.6 => "US",
            < 0.8 => "GB",
            _ => "IN",
        };
        return customer with { PhoneDigits = _phones.DigitsOf(customer.Number, country), PhoneCountry = country };
    }

    private string CustomerId(int number) => random.Next(3) == 0 ? $"cus_{number:x6}" : $"{number + 100_000}";

    private string Email(int number)
    {
        var first = FirstNames[random.Next(FirstNames.Length)];
        var last = LastNames[random.Next(LastNames.Length)];
        if (random.Next(4) == 0)
        {
            var suffix = random.Next(3) == 0 ? "+shop" : "";
            return $"{first}.{last}.{number}{suffix}@{Gmail[random.Next(Gmail.Length)]}";
        }

        var separator = random.Next(4) switch
        {
            0 => "+",
            1 => "_",
            2 => "-",
            _ => ".",
        };
        return $"{first}.{last}{separator}{number}@{Domains[random.Next(Domains.Length)]}";
    }
}
