namespace WsCluster.Ticker;

/// <summary>A price that moves by up to 0.1 % per step and never reaches zero.</summary>
internal sealed class RandomWalk(double start)
{
    private double _price = start;

    public double Next()
    {
        _price *= 1 + ((Random.Shared.NextDouble() - 0.5) / 500);
        return Math.Round(_price, _price < 0.1 ? 6 : 4);
    }
}
